import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRetryAfter, retryDelay } from './retry-timing.ts'

const timing = { retries: 5, firstDelay: 100, longestDelay: 1000 }

describe('the time until a retry', () => {
  it('doubles up to a limit, with jitter between the half and the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const whole = Math.min(1000, 100 * 2 ** (attempt - 1))
        const delay = retryDelay(attempt, timing, null, random)
        expect(delay).toBeGreaterThanOrEqual(whole / 2)
        expect(delay).toBeLessThanOrEqual(whole)
      }),
    )
  })

  it('is never shorter than the service asks for', () => {
    expect(retryDelay(1, timing, 5000, 0)).toBe(5000)
    expect(retryDelay(1, timing, 5000, 1)).toBe(5100)
    expect(retryDelay(1, timing, 0, 0)).toBe(0)
  })

  it('is read from seconds and from dates', () => {
    const now = Date.parse('2026-06-09T16:20:00Z')
    expect(parseRetryAfter('7', now)).toBe(7000)
    expect(parseRetryAfter(' 0.5 ', now)).toBe(500)
    expect(parseRetryAfter('Tue, 09 Jun 2026 16:20:30 GMT', now)).toBe(30_000)
    expect(parseRetryAfter('Tuesday, 09-Jun-26 16:19:00 GMT', now)).toBe(0)
    for (const header of [null, '', 'later', '-3', '1e9', 'Tue', '99999999999']) {
      expect(parseRetryAfter(header, now)).toBeNull()
    }
  })
})
