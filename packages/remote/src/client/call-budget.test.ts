import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CallBudget } from './call-budget.ts'

describe('CallBudget', () => {
  it('never lets more calls through in any minute or day than it was given, and gives them back', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40_000 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(steps, fc.nat(6), fc.integer({ min: 1, max: 40 }), (waits, callsPerMinute, callsPerDay) => {
        let now = 0
        const budget = new CallBudget({ callsPerMinute, callsPerDay }, () => now)
        const taken: number[] = []
        for (const wait of waits) {
          now += wait
          const within = (milliseconds: number): number => taken.filter((time) => time > now - milliseconds).length
          const isOver = within(60_000) >= callsPerMinute || within(86_400_000) >= callsPerDay
          // The window moves in steps, so a call may come back a sixtieth later.
          const isFree = within(62_000) < callsPerMinute && within(89_000_000) < callsPerDay
          const isTaken = budget.take()
          const wanted = isOver ? [false] : isFree ? [true] : [false, true]
          expect(wanted).toContain(isTaken)
          if (isTaken) taken.push(now)
        }
      }),
    )
  })

  it('lets everything through where it has no limit', () => {
    const budget = new CallBudget()
    expect(Array.from({ length: 1000 }, () => budget.take())).not.toContain(false)
  })
})
