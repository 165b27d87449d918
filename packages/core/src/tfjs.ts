export type { AssetSource, AssetSources } from './recognition/tfjs/assets.ts'
export { createRecognizer, type RecognizerOptions } from './recognition/tfjs/create-recognizer.ts'
