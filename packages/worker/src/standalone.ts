/** Everything that a page without a bundler needs, in one file. */
export { falseMatchRate, isVisavisError } from '@visavis/core'
export { createRecognizerPool } from './page/recognizer-pool.ts'
export { createWorkerMatcher } from './page/worker-matcher.ts'
