export {
  errorCodes,
  fromWire,
  isVisavisError,
  toWire,
  VisavisError,
  type ErrorCode,
  type ErrorFamily,
  type QualityReason,
  type VisavisErrorOptions,
  type WireError,
} from './errors.ts'
export type { Crop, DrawableImage, ImageLike } from './image/crop.ts'
export type { Box, Pixels, Point } from './image/pixels.ts'
export { createMatcher, type MatcherOptions } from './matcher.ts'
export type {
  DetectedFace,
  FaceLandmarks,
  FaceQuality,
  Recognition,
  RecognitionModel,
  RecognizeOptions,
  Recognizer,
} from './recognition/recognizer.ts'
export { falseMatchRate } from './score/score.ts'
export type {
  Candidate,
  Collection,
  Collections,
  CompareOptions,
  CompareResult,
  FaceMatcher,
  FaceSearcher,
  FoundFace,
  Gender,
  ListPersonsOptions,
  NewCollection,
  NewPerson,
  Person,
  PersonChanges,
  PersonPage,
  Persons,
  SearchMilliseconds,
  SearchMode,
  SearchOptions,
  SearchResult,
  Thumbnail,
  VerifyOptions,
  VerifyResult,
} from './searcher.ts'
export { memoryStore } from './store/memory-store.ts'
export type {
  CollectionRecord,
  FaceRecord,
  PersonQuery,
  PersonRecord,
  PersonTemplates,
  Store,
  StoreChange,
} from './store/store.ts'
