export { assetUrls } from './asset-urls.ts'
export type {
  AssetFile,
  CalibrationKnot,
  CalibrationTable,
  EmbedderManifest,
  NetworkManifest,
  TemplatePoint,
} from './manifest.ts'
export { dlibResnet, faceDetector, faceMesh, wasmBackend } from './networks.ts'
