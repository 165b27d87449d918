/** Everything that a page without a bundler needs, in one file. */
export { falseMatchRate, isVisavisError } from '@visavis/core'
export { createRecognizerPool } from './recognizer-pool.ts'
export { createWorkerMatcher } from './worker-matcher.ts'
