import type { IndexChoice, Recognizer, Store } from '@visavis/core'
import type { MatcherRequest } from '../protocol.ts'
import { serve } from './greeting.ts'
import { MatcherService } from './matcher-service.ts'

/** What a matcher in a worker is made of; the matcher closes both with itself. */
export interface MatcherParts {
  readonly recognizer: Recognizer
  /** @default in the worker's memory, gone with it */
  readonly store?: Store
  /** @default what the page passed as `index` */
  readonly index?: IndexChoice
}

/** Makes a matcher's parts. Where it throws, `createWorkerMatcher` rejects with the same. */
export type OpenMatcher = (request: MatcherRequest) => MatcherParts | Promise<MatcherParts>

/**
 * Makes a worker's file the home of a matcher of the app's own parts: any recognizer, store and index. To be called once,
 * before the file awaits anything; the page passes the file as `worker` to `createWorkerMatcher`.
 *
 * @throws VisavisError `worker_load_failed` where this thread is no worker
 */
export function serveMatcher({ open }: { open: OpenMatcher }): void {
  serve('matcher', (tell) => new MatcherService(open, tell))
}
