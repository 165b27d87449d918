import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RateLimiter } from './rate-limiter.ts'

describe('RateLimiter', () => {
  it('lets ten seconds of calls through at once, then one whenever its time has come', () => {
    const limiter = new RateLimiter()
    const caller = {}
    const taken = Array.from({ length: 12 }, () => limiter.take(caller, 60, 0))
    expect(taken.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 0))
    expect(taken.slice(10)).toEqual([1000, 1000])
    expect(limiter.take(caller, 60, 999)).toBeGreaterThan(0)
    expect(limiter.take(caller, 60, 1000)).toBe(0)
  })

  it('counts each caller apart, and nobody where there is no limit', () => {
    const limiter = new RateLimiter()
    const [one, other] = [{}, {}]
    expect([limiter.take(one, 1, 0), limiter.take(other, 1, 0)]).toEqual([0, 0])
    expect(limiter.take(one, 1, 0)).toBeGreaterThan(0)
    for (let i = 0; i < 1000; i++) expect(limiter.take(one, Number.POSITIVE_INFINITY, 0)).toBe(0)
  })

  it('never lets more through than the rate and one burst, and lets who waits as long as told through', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 }),
        (perMinute, pauses) => {
          const limiter = new RateLimiter()
          const caller = {}
          let now = 0
          let passed = 0
          for (const pause of pauses) {
            now += pause
            const wait = limiter.take(caller, perMinute, now)
            if (wait === 0) {
              passed++
              continue
            }
            now += wait + 1e-6
            expect(limiter.take(caller, perMinute, now)).toBe(0)
            passed++
          }
          expect(passed).toBeLessThanOrEqual(Math.max(1, perMinute / 6) + (now * perMinute) / 60_000 + 1e-3)
        },
      ),
    )
  })
})
