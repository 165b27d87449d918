import type { IndexChoice, Recognizer, Store } from '@visavis/core'
import type { MatcherRequest } from '../protocol.ts'

/** What a matcher in a worker is made of; the matcher closes all of it with itself. */
export interface MatcherParts {
  readonly recognizer: Recognizer
  /** What made the templates in the store, where that was another model; see `previous` of `createMatcher`. */
  readonly previous?: Recognizer
  /** @default in the worker's memory, gone with it */
  readonly store?: Store
  /** @default what the page passed as `index` */
  readonly index?: IndexChoice
}

/** Makes a matcher's parts. Where it throws, `createWorkerMatcher` rejects with the same. */
export type OpenMatcher = (request: MatcherRequest) => MatcherParts | Promise<MatcherParts>
