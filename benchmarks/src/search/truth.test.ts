import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeFaces, type Faces } from './faces.ts'
import { recallOf, searchExactly } from './truth.ts'

function similarities({ vectors, dimensions, count }: Faces, query: Float32Array): number[] {
  return Array.from({ length: count }, (_, key) =>
    query.reduce((sum, value, i) => sum + value * (vectors[key * dimensions + i] as number), 0),
  )
}

describe('searchExactly', () => {
  it('finds what sorting all finds, of all or of some', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 12 }),
        fc.option(fc.uniqueArray(fc.nat(59), { minLength: 1 }), { nil: undefined }),
        (count, queries, limit, wanted) => {
          const faces = makeFaces({ count, dimensions: 16, queries, cone: false })
          const among = wanted?.filter((key) => key < count)
          const found = searchExactly(faces, limit, among)
          expect(found).toHaveLength(faces.queries.length)
          for (const [i, query] of faces.queries.entries()) {
            const all = similarities(faces, query)
            const some = among === undefined ? all : among.map((key) => all[key] as number)
            const expected = some.toSorted((a, b) => b - a).slice(0, limit)
            expect(found[i]).toHaveLength(expected.length)
            for (const [k, value] of expected.entries()) expect(found[i]?.[k]).toBeCloseTo(value, 12)
          }
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('recallOf', () => {
  const faces = makeFaces({ count: 100, dimensions: 16, queries: 1, cone: false })
  const [query] = faces.queries as [Float32Array]
  const [best] = searchExactly(faces, 10) as [Float64Array]
  const order = similarities(faces, query)
    .map((similarity, key) => ({ similarity, key }))
    .sort((a, b) => b.similarity - a.similarity)
    .map(({ key }) => key)

  it.each([
    ['the right answer', order.slice(0, 10), 1],
    ['its order reversed', order.slice(0, 10).toReversed(), 1],
    ['half of it', order.slice(0, 5), 0.5],
    ['the next ten', order.slice(10, 20), 0],
    ['the best one ten times', Array.from({ length: 10 }, () => order[0] as number), 0.1],
    ['nothing', [], 0],
    ['no key at all', [-1], 0],
  ])('takes %s for what it is', (_, keys, recall) => {
    expect(recallOf(faces, query, { keys, best, depth: 10 })).toBe(recall)
  })

  it('looks at the first one only where that is asked', () => {
    expect(recallOf(faces, query, { keys: order.slice(0, 2), best, depth: 1 })).toBe(1)
    expect(recallOf(faces, query, { keys: order.slice(1, 3), best, depth: 1 })).toBe(0)
  })
})
