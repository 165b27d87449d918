import { describe, expect, it } from 'vitest'
import { delayAfter, parseInterval, repeat } from './sync-schedule.ts'

describe('parseInterval', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['6h', 21_600_000],
    ['7d', 604_800_000],
  ])('reads %s', (text, milliseconds) => {
    expect(parseInterval(text)).toBe(milliseconds)
  })

  it.each(['', '0s', '15', '15 m', '1.5h', '8d', '-1m', 'm', '15M'])('refuses %o', (text) => {
    expect(parseInterval(text)).toBeUndefined()
  })
})

describe('repeat', () => {
  it('goes on after failures, tells of them, and stops when it is told to', async () => {
    const stop = new AbortController()
    const told: number[] = []
    let runs = 0
    await repeat({
      every: 1,
      signal: stop.signal,
      mayPass: () => true,
      onFailure: (_, delay) => told.push(delay),
      async run() {
        runs++
        if (runs === 6) stop.abort()
        if (runs !== 4) throw new Error('not now')
      },
    })
    expect({ runs, told }).toEqual({ runs: 6, told: [1, 2, 4, 1] })
  })

  it('gives up at once where the first run cannot ever work', async () => {
    const error = new Error('never')
    const schedule = { every: 1, signal: new AbortController().signal, onFailure: () => {} }
    const run = (): Promise<void> => Promise.reject(error)
    await expect(repeat({ ...schedule, run, mayPass: () => false })).rejects.toBe(error)
  })
})

it('waits a minute after a failure, and twice as long after each further one, up to an hour', () => {
  expect([1, 2, 3, 7, 50].map((failures) => delayAfter(failures, 900_000))).toEqual([
    60_000, 120_000, 240_000, 3_600_000, 3_600_000,
  ])
  expect([1, 2, 50].map((failures) => delayAfter(failures, 5000))).toEqual([5000, 10_000, 3_600_000])
  expect(delayAfter(1, 86_400_000)).toBe(60_000)
})
