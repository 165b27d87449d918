import {
  compareAnswer,
  compareRequest,
  facePath,
  fromCompareRequest,
  toWireComparison,
  toEnvelope,
} from '@visavis/wire'
import { defineEndpoint, type Endpoint } from '../endpoint.ts'

export const compareEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: 'POST',
    path: `${facePath}/compare`,
    summary: 'Do two sets of pictures show one person, nobody enrolled?',
    scope: 'read',
    body: compareRequest,
    answer: compareAnswer,
    async run(call) {
      const { body } = call
      const options = fromCompareRequest(body)
      const probe = await call.images(body.probe)
      const gallery = await call.images(body.gallery)
      const result = await call.recognize((matcher, signal) => matcher.compare(probe, gallery, { ...options, signal }))
      return toEnvelope(call.requestId, toWireComparison(result, options.minScore))
    },
  }),
]
