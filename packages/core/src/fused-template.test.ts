import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cosineOf, fuseTemplates } from './fused-template.ts'

const unitVector = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 })
  .filter((values) => Math.hypot(...values) > 0.1)
  .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)))

describe('fuseTemplates', () => {
  it("gives a unit vector whose cosine is the mean of the views', over their coherence", () => {
    fc.assert(
      fc.property(fc.array(unitVector, { minLength: 2, maxLength: 5 }), unitVector, (views, probe) => {
        const { vector, coherence } = fuseTemplates(views)
        fc.pre(coherence > 0.05)
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5)
        const mean = views.reduce((sum, view) => sum + cosineOf(probe, view), 0) / views.length
        expect(cosineOf(probe, vector)).toBeCloseTo(mean / coherence, 4)
      }),
    )
  })

  it('is nearer to the views on average than they are to each other', () => {
    fc.assert(
      fc.property(unitVector, unitVector, (a, b) => {
        const { vector } = fuseTemplates([a, b])
        fc.pre(cosineOf(a, b) > -0.9)
        expect(cosineOf(a, vector)).toBeGreaterThanOrEqual(cosineOf(a, b) - 1e-6)
      }),
    )
  })

  it('leaves one view as it is, and takes views that are the same for one', () => {
    const view = Float32Array.of(0.6, 0.8)
    expect(fuseTemplates([view])).toEqual({ vector: view, views: 1, coherence: 1 })
    expect(fuseTemplates([view, view, view]).coherence).toBeCloseTo(1, 6)
  })

  it('gives a unit vector also of views that cancel each other out', () => {
    const { vector } = fuseTemplates([Float32Array.of(1, 0), Float32Array.of(-1, 0)])
    expect(Math.hypot(...vector)).toBe(1)
  })

  it('refuses to make a template of nothing', () => {
    expect(() => fuseTemplates([])).toThrow(RangeError)
  })
})
