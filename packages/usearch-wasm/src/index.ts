export type { SavedIndex } from './chunk-reader.ts'
export type { CompactOptions } from './compaction.ts'
export type { WasmIndexOptions } from './engine-starter.ts'
export type {
  Allow,
  GraphIndex,
  KeyBitmap,
  Metric,
  Scalar,
  UsearchHit,
  UsearchIndexOptions,
  UsearchSearchOptions,
} from './graph-index.ts'
export { loadUsearchIndex } from './load-usearch-index.ts'
export { instantiate, loadUsearch, type Instance, type InstanceOptions, type ModuleSource } from './module.ts'
export {
  createPackedVectors,
  mostPackedHits,
  PackedVectors,
  type PackedHits,
  type PackedQuery,
  type PackedVectorsOptions,
} from './packed-vectors.ts'
export { checkSavedFile, type ExpectedFile } from './saved-file.ts'
export { isUsearchError, UsearchError, type UsearchErrorCode } from './usearch-error.ts'
export { createUsearchIndex, UsearchIndex } from './usearch-index.ts'
export { usearchVersion } from './usearch-version.ts'
