import * as z from 'zod'
import { badResponse, isRecord } from './envelope.ts'
import { queryOf } from './request-of.ts'

/** What clients ask for when they renew a token: that it is renewed, and for how many months. */
export interface SessionQuery {
  origin?: string | undefined
  expiresIn?: string | undefined
}
export const sessionQuery: z.ZodType<SessionQuery, Record<string, unknown>> = queryOf({
  origin: z.string().max(100).optional(),
  expiresIn: z.string().max(100).optional(),
})

/** Of `GET /v2/auth/session`. */
export interface SessionAnswer {
  accessToken: string
  tokenType: 'bearer'
}
export const sessionAnswer: z.ZodType<SessionAnswer> = z.object({
  accessToken: z.string(),
  tokenType: z.literal('bearer'),
})

/**
 * The new token, from wherever the service put it.
 *
 * @throws VisavisError `bad_response`
 */
export function fromSessionAnswer(body: unknown): string {
  const places = isRecord(body) ? [body, body['data']].filter(isRecord) : []
  for (const place of places) {
    for (const name of ['accessToken', 'token']) {
      const token = place[name]
      if (typeof token === 'string' && token !== '') return token
    }
  }
  throw badResponse('has no token')
}
