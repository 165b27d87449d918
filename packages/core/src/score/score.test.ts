import type { CalibrationTable } from '@visavis/models'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScoreScale, falseMatchRate } from './score.ts'

const table: CalibrationTable = [
  [0.8, -0.5],
  [0.9, -2],
  [0.94, -4],
  [0.96, -6],
]

describe('createScoreScale', () => {
  const scale = createScoreScale(table)

  it('gives 0.5 to a false-match rate of 1 in 100, and 0.1 more for each power of ten', () => {
    expect(scale.toScore(0.9)).toBeCloseTo(0.5, 9)
    expect(scale.toScore(0.94)).toBeCloseTo(0.7, 9)
    expect(scale.toScore(0.96)).toBeCloseTo(0.9, 9)
    expect(falseMatchRate(0.5)).toBeCloseTo(1e-2, 9)
    expect(falseMatchRate(0.9)).toBeCloseTo(1e-6, 12)
  })

  it('goes on beyond the last knot, and gives similarities that there are', () => {
    expect(scale.toScore(0.965)).toBeCloseTo(0.95, 9)
    expect(scale.toScore(1)).toBeCloseTo(1.3, 9)
    expect(scale.toScore(-1)).toBe(0)
    expect(scale.toSimilarity(2)).toBe(1)
    expect(scale.toSimilarity(-1)).toBe(-1)
  })

  it('rises with the similarity', () => {
    const similarity = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(similarity, similarity, (a, b) => {
        expect(scale.toScore(Math.max(a, b))).toBeGreaterThanOrEqual(scale.toScore(Math.min(a, b)))
      }),
    )
  })

  it('comes back from a score to the similarity it began with', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.35, max: 0.99, noNaN: true }), (score) => {
        expect(scale.toScore(scale.toSimilarity(score))).toBeCloseTo(score, 9)
      }),
    )
  })

  it('refuses a table with fewer than two knots', () => {
    expect(() => createScoreScale([[0.5, -1]])).toThrow(RangeError)
  })
})
