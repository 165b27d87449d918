export { assetUrls } from './asset-urls.ts'
export type {
  AssetFile,
  Calibration,
  CalibrationKnot,
  CalibrationTable,
  EmbedderManifest,
  EmbeddingNetwork,
  EmbeddingPlan,
  LookAlikes,
  ModelPack,
  NetworkManifest,
  Obtain,
  TemplatePoint,
  ViewCalibration,
} from './manifest.ts'
export { dlibResnet, faceDetector, faceMesh, wasmBackend } from './networks.ts'
export { packs, type PackName } from './packs.ts'
