import { sessionAnswer, sessionPath, sessionQuery } from '@visavis/wire'
import { tokenOf } from '../access-list.ts'
import { defineEndpoint, type Endpoint } from '../endpoint.ts'
import { Refusal } from '../refusal.ts'

export const sessionEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: 'GET',
    path: sessionPath,
    summary: 'Gives the caller their own token again, for clients that renew theirs: tokens here are not renewed.',
    scope: 'read',
    query: sessionQuery,
    answer: sessionAnswer,
    async run({ authorization }) {
      const accessToken = tokenOf(authorization)
      if (accessToken === undefined) throw new Refusal(401, 'Authentication required', 'UNAUTHORIZED')
      return { accessToken, tokenType: 'bearer' }
    },
  }),
]
