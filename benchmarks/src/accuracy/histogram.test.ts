import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram } from './histogram.ts'

describe('Histogram', () => {
  it('reads off rates and thresholds', () => {
    const histogram = new Histogram()
    for (const value of [0.1, 0.2, 0.3, 0.4]) histogram.add(value)
    expect(histogram.rate(0.25)).toBe(0.5)
    expect(histogram.rate(-1)).toBe(1)
    expect(histogram.threshold(0.25)).toBeCloseTo(0.3, 5)
    expect(histogram.threshold(0)).toBeCloseTo(0.4, 5)
    expect(histogram.threshold(1)).toBe(-1)
  })

  it('counts what is below the range as reaching nothing', () => {
    const histogram = new Histogram()
    histogram.add(Number.NEGATIVE_INFINITY)
    histogram.add(0.5)
    expect(histogram.total).toBe(2)
    expect(histogram.rate(-1)).toBe(0.5)
  })

  it('weighs values', () => {
    const histogram = new Histogram()
    histogram.add(0.2, 3)
    histogram.add(0.8, 1)
    expect(histogram.rate(0.5)).toBe(0.25)
  })

  it('never lets more pass than the rate it is asked for', () => {
    const values = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1 })
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, rate) => {
        const histogram = new Histogram()
        for (const value of list) histogram.add(value)
        const threshold = histogram.threshold(rate)
        expect(histogram.rate(threshold)).toBeLessThanOrEqual(rate + 1e-9)
        expect(list.filter((value) => value >= threshold).length).toBeLessThanOrEqual(rate * list.length + 1e-9)
      }),
    )
  })
})
