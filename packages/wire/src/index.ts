export { largestPage, mostImages, mostResults, scoreBounds, type ScoreBounds } from './bounds.ts'
export {
  collectionAnswer,
  collectionListAnswer,
  collectionSchema,
  createCollectionRequest,
  fromCollectionAnswer,
  fromCollectionListAnswer,
  fromCreateCollectionRequest,
  listCollectionsQuery,
  readCollection,
  toCreateCollectionRequest,
  toWireCollection,
  unknownTime,
  updateCollectionRequest,
  type CollectionAnswer,
  type CollectionListAnswer,
  type CreateCollectionRequest,
  type KnownCollection,
  type UpdateCollectionRequest,
  type WireCollection,
} from './collection.ts'
export {
  compareAnswer,
  compareRequest,
  fromCompareAnswer,
  fromCompareRequest,
  toCompareRequest,
  toWireComparison,
  type CompareAnswer,
  type CompareRequest,
  type SentCompareRequest,
  type WireComparison,
} from './compare.ts'
export {
  detectAnswer,
  detectRequest,
  faceSchema,
  fromDetectAnswer,
  toWireFace,
  type DetectAnswer,
  type DetectRequest,
  type ReadFace,
  type SentDetectRequest,
  type WireFace,
  type WirePoint,
} from './detect.ts'
export { facePath, sessionPath } from './endpoint.ts'
export {
  badResponse,
  envelopeId,
  envelopeOf,
  signatureSchema,
  toEnvelope,
  unwrap,
  type Envelope,
  type Signature,
  type ToEnvelopeOptions,
} from './envelope.ts'
export {
  carriesError,
  errorBody,
  expiredTokenAnswer,
  fromErrorAnswer,
  isTokenRefused,
  toErrorAnswer,
  type ErrorAnswer,
  type ErrorBody,
  type ErrorDetails,
  type ReadErrorOptions,
} from './error-answer.ts'
export { livenessFailure } from './error-token.ts'
export type { OperatingSystem } from './fields.ts'
export { bareImageText, fromImageText, isImageUrl, leastImageText, toImageText } from './image-text.ts'
export { liveSearchRequest, type LiveSearchRequest, type SentLiveSearchRequest } from './live-search.ts'
export {
  defaultLivenessScore,
  fromLivenessAnswer,
  livenessAnswer,
  livenessRequest,
  readLiveness,
  type Liveness,
  type LivenessAnswer,
  type LivenessRequest,
  type SentLivenessRequest,
  type WireLiveness,
} from './liveness.ts'
export { timeOfObjectId } from './object-id.ts'
export type { FaultyRow } from './person-faults.ts'
export {
  fromPersonListAnswer,
  personListAnswer,
  personLookupAnswer,
  toPersonListAnswer,
  type Pagination,
  type PersonListAnswer,
  type PersonLookupAnswer,
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
  toListPersonsQuery,
  toUpdatePersonRequest,
  updatePersonRequest,
  type CreatePersonRequest,
  type ListPersonsQuery,
  type LookupPersonsQuery,
  type PersonDetails,
  type PopulatesQuery,
  type UpdatePersonRequest,
} from './person-request.ts'
export {
  deletedPersonAnswer,
  fromPersonAnswer,
  personAnswer,
  personSchema,
  readPerson,
  toWirePerson,
  type DeletedPersonAnswer,
  type FindCollection,
  type PersonAnswer,
  type ToWirePersonOptions,
  type WirePerson,
} from './person.ts'
export { readRequest } from './read-request.ts'
export { noFields } from './request-of.ts'
export {
  candidateSchema,
  fromSearchAnswer,
  fromSearchRequest,
  readCandidates,
  searchAnswer,
  searchCropsRequest,
  searchRequest,
  toSearchRequest,
  toWireCandidate,
  type ReadSearch,
  type ReadSearchOptions,
  type SearchAnswer,
  type SearchRequest,
  type SentSearchRequest,
  type WireCandidate,
  type WireCandidateCollection,
} from './search.ts'
export { normalizeScores, readScore, toWireScore } from './score.ts'
export { fromSessionAnswer, sessionAnswer, sessionQuery, type SessionAnswer } from './session.ts'
export { thumbnailSchema, type WireThumbnail } from './thumbnail.ts'
export { fromWireDay, fromWireTime, toEngineTime, toStampTime } from './timestamp.ts'
export {
  fromVerifyAnswer,
  fromVerifyRequest,
  toVerifyRequest,
  toWireVerification,
  verifyAnswer,
  verifyRequest,
  type SentVerifyRequest,
  type VerifyAnswer,
  type VerifyRequest,
  type WireVerification,
} from './verify.ts'
