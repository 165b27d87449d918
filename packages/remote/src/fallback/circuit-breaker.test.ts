import { describe, expect, it } from 'vitest'
import { CircuitBreaker } from './circuit-breaker.ts'

describe('CircuitBreaker', () => {
  it('opens after so many failures in a row, longer each time, and closes when one try succeeds', () => {
    let now = 0
    const breaker = new CircuitBreaker({ failures: 2, pause: 100, longestPause: 300 }, () => now)
    expect([breaker.enter(), breaker.fail('timeout')]).toEqual([true, 0])
    breaker.succeed()
    expect([breaker.enter(), breaker.fail('timeout'), breaker.code]).toEqual([true, 0, undefined])
    expect([breaker.enter(), breaker.fail('network'), breaker.code]).toEqual([true, 100, 'network'])
    for (const pause of [200, 300, 300]) {
      expect(breaker.enter()).toBe(false)
      now += 300
      expect([breaker.enter(), breaker.enter()]).toEqual([true, false])
      expect(breaker.fail('server')).toBe(pause)
    }
    now += 300
    expect(breaker.enter()).toBe(true)
    breaker.succeed()
    expect([breaker.enter(), breaker.enter(), breaker.code]).toEqual([true, true, undefined])
  })

  it('is not impressed by calls that were under way when it opened', () => {
    const breaker = new CircuitBreaker({ pause: 100 }, () => 0)
    expect([breaker.enter(), breaker.enter(), breaker.enter()]).toEqual([true, true, true])
    expect([breaker.fail('network'), breaker.fail('network'), breaker.fail('network')]).toEqual([100, 0, 0])
  })

  it('lets another one try where the first left without a word', () => {
    let now = 0
    const breaker = new CircuitBreaker({ pause: 100 }, () => now)
    breaker.fail('network')
    now = 100
    expect([breaker.enter(), breaker.enter()]).toEqual([true, false])
    breaker.leave()
    expect(breaker.enter()).toBe(true)
  })
})
