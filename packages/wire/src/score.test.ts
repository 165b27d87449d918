import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizeScores, readScore, toWireScore } from './score.ts'

const score = fc.double({ min: 0, max: 1, noNaN: true })

describe('scores on the wire', () => {
  it('have four decimals and are never more than they were, nor less by a ten-thousandth', () => {
    fc.assert(
      fc.property(score, (value) => {
        const sent = toWireScore(value)
        expect(String(sent)).toMatch(/^(0|1|0\.\d{1,4}|\de-\d)$/)
        expect(sent).toBeLessThanOrEqual(value + 1e-9)
        expect(value - sent).toBeLessThan(1e-4 + 1e-9)
        expect(toWireScore(sent)).toBe(sent)
      }),
    )
  })

  it('are read from numbers and from text, and from nothing else', () => {
    expect([0.91, '0.91', ' 91 ', 0, '1e-3'].map(readScore)).toEqual([0.91, 0.91, 91, 0, 0.001])
    for (const value of ['', ' ', 'high', null, undefined, true, [], {}, Number.NaN, Infinity, -0.1, '-1']) {
      expect(readScore(value)).toBeNull()
    }
  })

  it('are the same whether all of an answer are in percent or none', () => {
    fc.assert(
      fc.property(fc.array(score, { minLength: 1 }), (scores) => {
        const top = [...scores, 1]
        const plain = normalizeScores(top)
        const percent = normalizeScores(top.map((value) => value * 100))
        expect(plain).toEqual({ scores: top, percent: false })
        expect(percent?.percent).toBe(true)
        for (const [i, value] of top.entries()) expect(percent?.scores[i]).toBeCloseTo(value, 9)
      }),
    )
  })

  it('are clamped where rounding made them more than one, and refused where they are more than all', () => {
    expect(normalizeScores([1.0000002, 0.4])).toEqual({ scores: [1, 0.4], percent: false })
    expect(normalizeScores([97, 0.4])).toEqual({ scores: [0.97, 0.004], percent: true })
    expect(normalizeScores([420])).toBeNull()
  })
})
