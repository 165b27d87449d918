export { assetUrls } from './asset-urls.ts'
export type {
  AssetFile,
  CalibrationKnot,
  CalibrationTable,
  EmbedderManifest,
  EmbeddingNetwork,
  EmbeddingPlan,
  ModelPack,
  NetworkManifest,
  Obtain,
  TemplatePoint,
} from './manifest.ts'
export { dlibResnet, faceDetector, faceMesh, wasmBackend } from './networks.ts'
export { packs, type PackName } from './packs.ts'
