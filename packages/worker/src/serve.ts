export type { MatcherRequest, RecognizerRequest, StoreDescription, WorkerIndex } from './protocol.ts'
export { serveMatcher, type MatcherParts, type OpenMatcher } from './thread/serve-matcher.ts'
export { serveRecognizer, type OpenRecognizer } from './thread/serve-recognizer.ts'
