import { createScoreScale, falseMatchRate } from '../../../packages/core/src/score/score.ts'
import { describe, expect, it } from 'vitest'
import { Histogram } from '../accuracy/histogram.ts'
import type { TemplateSet } from '../accuracy/template-set.ts'
import { fitCalibration } from './fit-calibration.ts'
import { compareStrangers, type Strangers } from './strangers.ts'

/** Strangers whose rate falls tenfold with each 0.05 of similarity, from 0.5 on. */
function exponential(people: number): Strangers {
  const byPerson = new Histogram()
  const count = 1_000_000
  for (let i = 1; i <= count; i++) byPerson.add(0.5 - 0.05 * Math.log10((i - 0.5) / count))
  return { byPerson, byImage: byPerson, people, comparisons: count }
}

describe('fitCalibration', () => {
  it('measures down to the rate at which fifty pairs of people match, and goes on in a straight line', () => {
    const { table, measuredTo } = fitCalibration(exponential(1500))
    expect(measuredTo).toBe(-4)
    expect(table.map(([, rate]) => rate)).toEqual([0, -0.5, -1, -1.5, -2, -2.5, -3, -3.5, -4, -5, -6, -7])
    for (const [similarity, rate] of table) expect(similarity).toBeCloseTo(0.5 - 0.05 * rate, 1.8)
  })

  it('ends at a rate of 1e-7 also where it was measured to half a decade', () => {
    const { table, measuredTo } = fitCalibration(exponential(700))
    expect(measuredTo).toBe(-3.5)
    expect(table.at(-1)?.[1]).toBe(-7)
  })

  it('gives scores whose rates are a sixth below the nominal ones', () => {
    const strangers = exponential(1500)
    const scale = createScoreScale(fitCalibration(strangers).table)
    for (const score of [0.5, 0.6, 0.7]) {
      const times = strangers.byPerson.rate(scale.toSimilarity(score)) / falseMatchRate(score)
      expect(times).toBeGreaterThan(0.8)
      expect(times).toBeLessThan(0.87)
    }
  })

  it('makes a table that the score scale takes', () => {
    const scale = createScoreScale(fitCalibration(exponential(1500)).table)
    // A rate of 1 in 100, less the caution of 1.2 that every rate is fitted with.
    expect(scale.toScore(0.6)).toBeCloseTo(0.5 - 0.1 * Math.log10(1.2), 2)
  })

  it('refuses too few people', () => {
    expect(() => fitCalibration(exponential(40))).toThrow('too few')
  })
})

describe('compareStrangers', () => {
  it('weighs every ordered pair of people the same, and leaves refused pictures out', () => {
    // Person 0 has three pictures, one of them refused; persons 1 and 2 have one. Person 1 looks like person 0.
    const set: TemplateSet = {
      persons: Int32Array.of(0, 0, 0, 1, 2),
      probes: Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0, 0, 1),
      templates: Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0, 0, 1),
      dimensions: 2,
      hasProbe: Uint8Array.of(1, 1, 0, 1, 1),
      hasTemplate: Uint8Array.of(1, 1, 0, 1, 1),
    }
    const { byImage, byPerson, people, comparisons } = compareStrangers(set)
    expect(people).toBe(3)
    expect(comparisons).toBe(10)
    expect(byImage.rate(0.5)).toBeCloseTo(4 / 10)
    expect(byPerson.total).toBeCloseTo(6)
    expect(byPerson.rate(0.5)).toBeCloseTo(2 / 6)
  })
})
