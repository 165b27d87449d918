import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VisavisError } from '../errors.ts'
import { ExactIndex } from './exact-index.ts'

const dimensions = 6

const vector = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimensions, maxLength: dimensions })
  .filter((values) => Math.hypot(...values) > 0.1)
  .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)))

const operation = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), key: fc.nat(40), vector }),
  fc.record({ kind: fc.constant('remove' as const), key: fc.nat(40) }),
)

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
}

describe('ExactIndex', () => {
  it('answers as sorting all vectors would, after any adding and removing', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { maxLength: 120 }),
        vector,
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(-1, 0, 0.5),
        fc.boolean(),
        (operations, probe, limit, leastSimilarity, even) => {
          const index = new ExactIndex(dimensions)
          const held = new Map<number, Float32Array>()
          for (const step of operations) {
            if (step.kind === 'remove') {
              if (index.remove(step.key) !== held.delete(step.key)) throw new Error(`wrong word about key ${step.key}`)
            } else if (!held.has(step.key)) {
              index.add(step.key, step.vector)
              held.set(step.key, step.vector)
            }
          }
          expect(index.size).toBe(held.size)
          const filter = even ? (key: number): boolean => key % 2 === 0 : undefined
          const hits = index.search(probe, {
            mode: 'ACCURATE',
            limit,
            leastSimilarity,
            ...(filter === undefined ? {} : { filter }),
          })
          const expected = [...held]
            .map(([key, values]) => ({ key, similarity: dot(probe, values) }))
            .filter(({ key, similarity }) => similarity >= leastSimilarity && (filter?.(key) ?? true))
            .toSorted((a, b) => b.similarity - a.similarity || a.key - b.key)
            .slice(0, limit)
          expect(hits.map(({ similarity }) => similarity.toFixed(5))).toEqual(
            expected.map(({ similarity }) => similarity.toFixed(5)),
          )
          for (const { key, similarity } of hits)
            expect(dot(probe, held.get(key) as Float32Array)).toBeCloseTo(similarity, 5)
        },
      ),
    )
  })

  it('keeps its own copy of a vector', () => {
    const index = new ExactIndex(2)
    const mine = Float32Array.of(1, 0)
    index.add(7, mine)
    mine.fill(0)
    expect(index.search(Float32Array.of(1, 0), { mode: 'FAST', limit: 1 })).toEqual([{ key: 7, similarity: 1 }])
  })

  it('refuses vectors of other dimensions, and values that are no numbers', () => {
    const index = new ExactIndex(2)
    for (const wrong of [Float32Array.of(1), Float32Array.of(1, 0, 0), Float32Array.of(Number.NaN, 1)]) {
      expect(() => index.add(1, wrong)).toThrow(VisavisError)
      expect(() => index.search(wrong, { mode: 'FAST', limit: 1 })).toThrow(VisavisError)
    }
    expect(index.size).toBe(0)
  })

  it('refuses a key that is in use', () => {
    const index = new ExactIndex(2)
    index.add(1, Float32Array.of(1, 0))
    expect(() => index.add(1, Float32Array.of(0, 1))).toThrow(RangeError)
  })
})
