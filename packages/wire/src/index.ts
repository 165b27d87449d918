export { largestPage, scoreBounds } from './bounds.ts'
export {
  collectionAnswer,
  collectionListAnswer,
  createCollectionRequest,
  fromCollectionAnswer,
  fromCollectionListAnswer,
  fromCreateCollectionRequest,
  listCollectionsQuery,
  toCreateCollectionRequest,
  toWireCollection,
  updateCollectionRequest,
  type KnownCollection,
} from './collection.ts'
export {
  compareAnswer,
  compareRequest,
  fromCompareAnswer,
  fromCompareRequest,
  toCompareRequest,
  toWireComparison,
} from './compare.ts'
export {
  detectAnswer,
  detectRequest,
  fromDetectAnswer,
  toWireFace,
  type DetectRequest,
  type ReadFace,
} from './detect.ts'
export { facePath, sessionPath } from './endpoint.ts'
export { badResponse, toEnvelope } from './envelope.ts'
export {
  carriesError,
  errorBody,
  expiredTokenAnswer,
  fromErrorAnswer,
  isTokenRefused,
  toErrorAnswer,
  type ErrorAnswer,
} from './error-answer.ts'
export { livenessFailure } from './error-token.ts'
export type { OperatingSystem } from './fields.ts'
export { fromImageText, isImageUrl, toImageText } from './image-text.ts'
export { defaultLivenessScore, fromLivenessAnswer, type Liveness } from './liveness.ts'
export type { FaultyRow } from './person-faults.ts'
export {
  fromPersonListAnswer,
  personListAnswer,
  personLookupAnswer,
  toPersonListAnswer,
  type WirePage,
} from './person-list.ts'
export {
  createPersonRequest,
  deletePersonQuery,
  fromCreatePersonRequest,
  fromListPersonsQuery,
  fromUpdatePersonRequest,
  listPersonsQuery,
  lookupPersonsQuery,
  populatesCollections,
  populatesQuery,
  toCreatePersonRequest,
  toUpdatePersonRequest,
  updatePersonRequest,
  type LookupPersonsQuery,
  type PopulatesQuery,
} from './person-request.ts'
export { deletedPersonAnswer, fromPersonAnswer, personAnswer, toWirePerson, type FindCollection } from './person.ts'
export { readRequest } from './read-request.ts'
export { noFields } from './request-of.ts'
export {
  fromSearchAnswer,
  fromSearchRequest,
  searchAnswer,
  searchCropsRequest,
  searchRequest,
  toSearchRequest,
  toWireCandidate,
  type SearchRequest,
} from './search.ts'
export { fromSessionAnswer, sessionAnswer, sessionQuery } from './session.ts'
export {
  fromVerifyAnswer,
  fromVerifyRequest,
  toVerifyRequest,
  toWireVerification,
  verifyAnswer,
  verifyRequest,
} from './verify.ts'
