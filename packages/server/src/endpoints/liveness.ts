import { facePath } from '@visavis/wire'
import { defineEndpoint, type Endpoint } from '../endpoint.ts'
import { Refusal } from '../refusal.ts'

/**
 * What the service answers by judging whether a living face is before the camera. Nothing here can, and no answer is
 * better than a wrong one.
 */
export const livenessEndpoints: readonly Endpoint[] = [
  'search-live-face',
  'search-active-user',
  'liveness',
  'liveness-score',
  'compare-live',
  'compare-with-liveness',
  'persons/search-live-face',
].map((name) =>
  defineEndpoint({
    method: 'POST',
    path: `${facePath}/${name}`,
    summary: 'Not served: whether a face is a living one cannot be judged here.',
    scope: 'read',
    run() {
      return Promise.reject(new Refusal(501, 'liveness_not_supported', 'NotImplemented', { close: true }))
    },
  }),
)
