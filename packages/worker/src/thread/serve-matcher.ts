import { serve } from './greeting.ts'
import { MatcherService } from './matcher-service.ts'
import type { OpenMatcher } from './open-matcher.ts'

/**
 * Makes a worker's file the home of a matcher of the app's own parts: any recognizer, store and index. To be called once,
 * before the file awaits anything; the page passes the file as `worker` to `createWorkerMatcher`.
 *
 * @throws VisavisError `worker_load_failed` where this thread is no worker
 */
export function serveMatcher({ open }: { open: OpenMatcher }): void {
  serve('matcher', (tell) => new MatcherService(open, tell))
}
