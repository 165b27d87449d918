export type { AssetSource, AssetSources } from './recognition/tfjs/assets.ts'
export type { ModelChoice } from './recognition/tfjs/choose-pack.ts'
export { createRecognizer, type RecognizerOptions } from './recognition/tfjs/create-recognizer.ts'
