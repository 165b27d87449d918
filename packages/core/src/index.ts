export {
  errorCodes,
  fromWire,
  isVisavisError,
  toWire,
  VisavisError,
  type ErrorCode,
  type ErrorCodes,
  type ErrorFamily,
  type VisavisErrorOptions,
  type WireError,
} from './errors.ts'
export { syncTimeKey } from './gallery/collection-ages.ts'
export { stagedNoteKey, syncArea, syncNoteKey } from './gallery/note-keys.ts'
export type { DetectedFace, FaceLandmarks, FaceQuality, QualityReason, SearchMode } from './face.ts'
export type { GalleryRecords } from './gallery/gallery-records.ts'
export type { ReembedFailure, ReembedOptions, ReembedReport } from './gallery/reembed.ts'
export type { Crop, DrawableImage, ImageLike } from './image/crop.ts'
export type { ImageFileInfo } from './image/image-file.ts'
export { inspectImageFile } from './image/open-image-file.ts'
export type { Box, Pixels, Point } from './image/pixels.ts'
export { createMatcher, type LocalMatcher, type MatcherOptions } from './matcher.ts'
export type { Recognition, RecognitionModel, RecognizeOptions, Recognizer } from './recognition/recognizer.ts'
export { falseMatchRate } from './score/score.ts'
export type {
  CallOptions,
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
  SearchChoice,
  SearchMilliseconds,
  SearchOptions,
  SearchResult,
  Thumbnail,
  VerifyOptions,
  VerifyResult,
} from './searcher.ts'
export type {
  IndexChoice,
  IndexFactory,
  IndexName,
  IndexOptions,
  IndexRequest,
  IndexTuning,
} from './vector-index/index-options.ts'
export type { KeySet } from './vector-index/key-set.ts'
export type { Hit, IndexProgress, IndexQuery, VectorIndex } from './vector-index/vector-index.ts'
export type { RecallReport, VerifyRecallOptions } from './vector-index/verify-recall.ts'
export { encryptedStore, type EncryptedStore, type RotationOptions } from './store/encrypted/encrypted-store.ts'
export type { Secret } from './store/encrypted/sealing.ts'
export { exportCollection, type ExportOptions } from './transfer/export-collection.ts'
export { importCollection, type ImportOptions, type ImportReport } from './transfer/import-collection.ts'
export type { CheckedStore, IntegrityOptions } from './store/faulty-people.ts'
export { memoryStore } from './store/memory-store.ts'
export type { SnapshotStorage } from './store/snapshot-storage.ts'
export type {
  CollectionRecord,
  FaceRecord,
  ForeignChanges,
  ForeignNews,
  PersonQuery,
  PersonRecord,
  PersonTemplates,
  Store,
  StoreChange,
} from './store/store.ts'
