import type { Calibration, CalibrationTable } from '@visavis/models'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FusedTemplate } from '../fused-template.ts'
import { createScorer } from './scorer.ts'

const table: CalibrationTable = [
  [0, 0],
  [0.4, -2],
  [0.8, -6],
]

/** One region, around the first axis: within a cosine of 0.5, a decade for each tenth nearer, 1.2 at most. */
const calibration: Calibration = {
  fast: table,
  accurate: table,
  views: {
    decades: [
      [0, 0.4, 0.6],
      [0.3, 0.8, 1],
      [0.5, 1, 1.5],
    ],
    distinct: 0.9,
  },
  lookAlikes: {
    centers: Buffer.from(Int8Array.of(127, 0, 0, 0, 127, 0).buffer).toString('base64'),
    nearest: 1,
    from: 0.5,
    decadesPerTenth: 1,
    most: 1.2,
  },
}
const scorer = createScorer(calibration, 3)

function template(vector: readonly number[], views = 1, coherence = 1): FusedTemplate {
  return { vector: Float32Array.from(vector), views, coherence }
}

const atLarge = template([0, 0, 1])
const probe = { mode: 'FAST', template: atLarge } as const

const templates = fc
  .record({
    values: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
    views: fc.integer({ min: 1, max: 5 }),
    coherence: fc.double({ min: 0.5, max: 1, noNaN: true }),
  })
  .map(({ values, views, coherence }) => {
    const length = Math.hypot(...values) || 1
    return template(
      values.map((value) => value / length),
      views,
      views === 1 ? 1 : coherence,
    )
  })
const similarities = fc.double({ min: -1, max: 1, noNaN: true })

describe('createScorer', () => {
  it('gives the score of the table to one view against one of people at large', () => {
    expect(scorer.toScore(0.4, probe, atLarge)).toBeCloseTo(0.5, 9)
  })

  it('takes off what several views add on each side, and nothing for views that are the same', () => {
    expect(scorer.toScore(0.4, probe, template([0, 0, 1], 2, 0.9))).toBeCloseTo(0.46, 9)
    expect(scorer.toScore(0.4, probe, template([0, 0, 1], 3, 0.8))).toBeCloseTo(0.44, 9)
    expect(scorer.toScore(0.4, probe, template([0, 0, 1], 3, 1))).toBeCloseTo(0.5, 9)
    expect(scorer.toScore(0.4, probe, template([0, 0, 1], 2, 0.95))).toBeCloseTo(0.48, 9)
    const three = { mode: 'FAST', template: template([0, 0, 1], 3, 0.8) } as const
    expect(scorer.toScore(0.4, three, template([0, 0, 1], 7, 0.8))).toBeCloseTo(0.35, 9)
  })

  it('takes off what look-alikes add, of both templates', () => {
    const near = template([0.6, 0, 0.8])
    expect(scorer.toScore(0.4, probe, near)).toBeCloseTo(0.4, 6)
    expect(scorer.toScore(0.4, { mode: 'FAST', template: near }, near)).toBeCloseTo(0.3, 6)
    expect(scorer.toScore(0.8, probe, template([1, 0, 0]))).toBeCloseTo(0.9 - 0.12, 6)
  })

  it('takes more off for several views than was ever measured, where it was not', () => {
    const plain = createScorer({ fast: table, accurate: table }, 3)
    expect(plain.toScore(0.4, probe, atLarge)).toBeCloseTo(0.5, 9)
    expect(plain.toScore(0.4, probe, template([0, 0, 1], 2, 0.9))).toBeCloseTo(0.43, 9)
  })

  it('rises with the similarity and stays within 0 and 1', () => {
    fc.assert(
      fc.property(templates, templates, similarities, similarities, (one, other, a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)].map((similarity) =>
          scorer.toScore(similarity, { mode: 'ACCURATE', template: one }, other),
        ) as [number, number]
        expect(high).toBeGreaterThanOrEqual(low)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('bounds what any enrolled template could score, from above and from below', () => {
    fc.assert(
      fc.property(
        templates,
        templates,
        similarities,
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        (one, other, similarity, least) => {
          const asked = { mode: 'FAST', template: one } as const
          const score = scorer.toScore(similarity, asked, other)
          expect(score).toBeLessThanOrEqual(scorer.mostScore(similarity, asked) + 1e-9)
          fc.pre(score >= least && similarity < 1)
          expect(similarity).toBeGreaterThanOrEqual(scorer.leastSimilarity(least, asked) - 1e-9)
        },
      ),
    )
  })

  it('refuses centers that are not of the model', () => {
    expect(() => createScorer(calibration, 4)).toThrow(RangeError)
  })
})
