import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SyncSchedule, usualPause } from './sync-schedule.ts'

const minute = 60_000

let runs: string[]
/** Whether runs go well. */
let isWell: boolean
let schedule: SyncSchedule

beforeEach(() => {
  vi.useFakeTimers()
  runs = []
  isWell = true
  schedule = new SyncSchedule(
    async (id) => {
      runs.push(id)
      return isWell
    },
    () => undefined,
  )
  schedule.isPaused = false
})
afterEach(() => vi.useRealTimers())

describe('the schedule of syncs', () => {
  it('lets each begin when it is due, and again and again after that', async () => {
    schedule.plan('late', usualPause / 2)
    schedule.plan('now', 0)
    await vi.advanceTimersByTimeAsync(0)
    expect(runs).toEqual(['now'])
    expect(schedule.dueIn('now')).toBe(usualPause)
    await vi.advanceTimersByTimeAsync(usualPause / 2)
    expect(runs).toEqual(['now', 'late'])
    await vi.advanceTimersByTimeAsync(usualPause)
    expect(runs).toEqual(['now', 'late', 'now', 'late'])
  })

  it('tries what failed sooner, then later and later, and as usual again when it goes well', async () => {
    isWell = false
    schedule.plan('a', 0)
    const pauses: (number | undefined)[] = []
    for (let i = 0; i < 6; i++) {
      await vi.advanceTimersByTimeAsync(schedule.dueIn('a') as number)
      pauses.push((schedule.dueIn('a') as number) / minute)
    }
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15])
    isWell = true
    await vi.advanceTimersByTimeAsync(15 * minute)
    isWell = false
    await vi.advanceTimersByTimeAsync(15 * minute)
    expect(schedule.dueIn('a')).toBe(minute)
  })

  it('begins nothing while it is paused, and what was due meanwhile afterwards', async () => {
    schedule.isPaused = true
    schedule.plan('a', 0)
    schedule.plan('b', minute)
    schedule.plan('c', 3 * minute)
    await vi.advanceTimersByTimeAsync(2 * minute)
    expect(runs).toEqual([])
    schedule.isPaused = false
    await vi.advanceTimersByTimeAsync(0)
    expect(runs).toEqual(['a', 'b'])
  })

  it('hurries where it is told to, once for each', async () => {
    schedule.plan('a', 5 * minute)
    schedule.plan('b', 10 * minute)
    schedule.hurry()
    await vi.advanceTimersByTimeAsync(0)
    expect(runs).toEqual(['a', 'b'])
    expect(schedule.dueIn('a')).toBe(usualPause)
  })

  it('runs one at a time, and once more what was planned anew meanwhile', async () => {
    const ends: ((isWell: boolean) => void)[] = []
    schedule = new SyncSchedule(
      (id) => {
        runs.push(id)
        return new Promise((resolve) => ends.push(resolve))
      },
      () => undefined,
    )
    schedule.isPaused = false
    schedule.plan('a', 0)
    schedule.plan('b', 0)
    await vi.advanceTimersByTimeAsync(minute)
    expect(runs).toEqual(['a'])
    schedule.plan('a', 0)
    ends.shift()?.(true)
    await vi.advanceTimersByTimeAsync(0)
    expect(runs).toEqual(['a', 'b'])
    ends.shift()?.(true)
    await vi.advanceTimersByTimeAsync(0)
    expect(runs).toEqual(['a', 'b', 'a'])
  })

  it('forgets what is dropped, also while it runs', async () => {
    schedule.plan('a', 0)
    schedule.drop('a')
    await vi.advanceTimersByTimeAsync(usualPause)
    expect(runs).toEqual([])
    schedule.plan('b', 0)
    await vi.advanceTimersByTimeAsync(0)
    schedule.drop('b')
    await vi.advanceTimersByTimeAsync(2 * usualPause)
    expect(runs).toEqual(['b'])
    expect(schedule.dueIn('b')).toBeUndefined()
  })
})
