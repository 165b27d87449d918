import { inspect } from 'node:util'
import { errorCodes, isVisavisError, VisavisError, type ErrorCode, type QualityReason } from '@visavis/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  carriesError,
  errorBody,
  expiredTokenAnswer,
  fromErrorAnswer,
  isTokenRefused,
  toErrorAnswer,
} from './error-answer.ts'
import { anyBody, overTheWire } from './testing/arbitrary.ts'

const reasons: QualityReason[] = [
  'too_small',
  'too_dark',
  'too_bright',
  'low_contrast',
  'blurred',
  'turned_away',
  'cut_off',
]
const codes: ErrorCode[] = Object.values(errorCodes).flat()

/** What a client is told of an error inside the server. */
const told: Partial<Record<ErrorCode, ErrorCode>> = {
  invalid_option: 'bad_request',
  matcher_closed: 'server',
  network: 'server',
  bad_response: 'server',
}
const inside = [
  ...errorCodes.ModelError,
  ...errorCodes.RuntimeError,
  ...errorCodes.StoreError,
  ...errorCodes.WorkerError,
]
for (const code of inside) told[code] = 'server'

function answer(code: ErrorCode, message = 'It is so.'): unknown {
  return toErrorAnswer(new VisavisError(code, message))
}

function read(status: number, body: unknown): string {
  return fromErrorAnswer(status, body).code
}

describe('errors on the wire', () => {
  it('are the same there and back, of whichever picture and for whatever reasons', () => {
    const picture = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })
    fc.assert(
      fc.property(picture, fc.subarray(reasons), (number, wrong) => {
        for (const code of codes) {
          const options = { ...(number && { picture: number }), reasons: code === 'low_quality' ? wrong : [] }
          const { status, body } = toErrorAnswer(new VisavisError(code, '"min_score" is required.', options))
          const sent = overTheWire(body)
          expect(errorBody.parse(sent)).toEqual(sent)
          for (const entity of ['person', 'collection'] as const) {
            const back = fromErrorAnswer(status, sent, { entity })
            expect(back).toMatchObject({ code: told[code] ?? code, ...options })
            expect(back.message).toMatch(/^[A-Z].*\.$/)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  it('say nothing of what is wrong inside a server', () => {
    for (const code of inside) {
      const text = JSON.stringify(toErrorAnswer(new VisavisError(code, 'The file /srv/people.db is locked.')))
      expect(text).not.toContain('people')
    }
  })

  it('have the words of the service', () => {
    expect(answer('person_not_found')).toEqual({
      status: 404,
      body: { error: 'Person not found', message: 'PERSON_NOT_FOUND' },
    })
    expect(answer('bad_request', '"name" is required.')).toEqual({
      status: 409,
      body: { message: '"name" is required', code: 'MissingParameter' },
    })
    expect(answer('unauthorized')).toEqual({
      status: 401,
      body: { message: 'Authentication required', code: 'UNAUTHORIZED' },
    })
  })

  it('are told by the status first, the message next, the code last', () => {
    expect(read(402, { message: 'no_face' })).toBe('no_face')
    expect(read(429, { message: 'duplicated_person' })).toBe('rate_limited')
    expect(read(500, { message: 'person_not_found' })).toBe('server')
    expect(read(403, { message: 'token_expired', code: 'FORBIDDEN' })).toBe('unauthorized')
    expect(read(409, { message: 'duplicated_person', code: 'MissingParameter' })).toBe('person_exists')
    expect(read(200, { message: '409:duplicated_person', code: 'ERROR' })).toBe('person_exists')
    expect(read(200, { message: '500:something', code: 'ERROR' })).toBe('server')
    expect(read(404, '<html>')).toBe('bad_response')
    expect(read(418, {})).toBe('bad_response')
  })

  it('ask for a new token where this one is of no use, and only there', () => {
    expect(isTokenRefused(401, undefined)).toBe(true)
    expect(isTokenRefused(expiredTokenAnswer.status, expiredTokenAnswer.body)).toBe(true)
    expect(isTokenRefused(409, { message: 'missing Authorization header' })).toBe(true)
    expect(isTokenRefused(403, { message: 'Access forbidden', code: 'Forbidden' })).toBe(false)
    expect(isTokenRefused(409, { message: 'duplicated_person' })).toBe(false)
    expect(isTokenRefused(500, { message: 'token_expired' })).toBe(false)
  })

  it('are found inside answers that pretend to be none', () => {
    for (const body of [
      { message: 'internal_error', code: 'ERROR' },
      { error: 'Invalid request' },
      { success: false, data: [] },
      { data: { code: 'ERR_ENTITY_NOT_FOUND' } },
    ]) {
      expect(carriesError(body)).toBe(true)
    }
    for (const body of [{ data: [] }, { data: { _id: 'x', code: 'y' } }, { accessToken: 'x' }, [], undefined]) {
      expect(carriesError(body)).toBe(false)
    }
  })

  it('are read from any body, with nothing of its text', () => {
    const secret = 'VGhpcyBpcyBhIGZhY2U'
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), anyBody, (status, body) => {
        const error = fromErrorAnswer(status, body)
        expect(isVisavisError(error)).toBe(true)
        expect(error.message).toMatch(/^[A-Z].*\.$/)
      }),
      { numRuns: 300 },
    )
    for (const body of [
      { message: `"images[0]" with value "${secret}" fails`, code: secret },
      { message: `"${secret}" is not allowed` },
      { data: { detail: [{ loc: ['body', secret], msg: secret, ctx: { ge: secret } }] } },
      secret,
    ]) {
      for (const status of [400, 409, 422, 500]) {
        expect(inspect(fromErrorAnswer(status, body), { depth: 9 })).not.toContain(secret)
      }
    }
  })

  it('name the field that was refused, and its bound', () => {
    expect(fromErrorAnswer(409, { message: '"min_score" is required', code: 'MissingParameter' }).message).toContain(
      'min_score',
    )
    const detail = [{ loc: ['body', 'min_score'], type: 'greater_than_equal', ctx: { ge: 0.81 } }]
    expect(fromErrorAnswer(422, { data: { detail } }).message).toContain('min_score, which must be at least 0.81')
  })
})
