import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { createIndex } from './create-index.ts'
import type { IndexOptions } from './index-options.ts'
import { KeySet } from './key-set.ts'
import type { Hit, VectorIndex } from './vector-index.ts'
import { verifyRecall } from './verify-recall.ts'

const dimensions = 64

/** Repeatable people: `views` vectors around each of `count` middles, all in one cone as face templates are. */
function people(count: number, views: number, seed: number): Float32Array[] {
  let state = seed >>> 0
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296 - 0.5
  }
  return Array.from({ length: count }, () => {
    const middle = Array.from({ length: dimensions }, (_, i) => 0.1 + random() / Math.sqrt(1 + i / 4))
    return Array.from({ length: views }, () =>
      unit(middle.map((value, i) => value + (0.5 * random()) / Math.sqrt(1 + i / 4))),
    )
  }).flat()
}

function unit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

function exact(all: ReadonlyMap<number, Float32Array>, probe: Float32Array, limit: number): Hit[] {
  return [...all]
    .map(([key, vector]) => ({
      key,
      similarity: vector.reduce((sum, value, i) => sum + value * (probe[i] as number), 0),
    }))
    .sort((a, b) => b.similarity - a.similarity || a.key - b.key)
    .slice(0, limit)
}

function expectHits(hits: readonly Hit[], expected: readonly Hit[]): void {
  expect(hits).toHaveLength(expected.length)
  for (const [i, { similarity }] of hits.entries()) expect(similarity).toBeCloseTo(expected[i]?.similarity as number, 5)
}

function refuses(call: () => unknown, code: string): void {
  expect(call).toThrow(expect.objectContaining({ code }))
}

function removeSome(index: VectorIndex, all: Map<number, Float32Array>, many: number, seed: number): void {
  for (const key of [...all.keys()].filter((_key, i) => (i + seed) % 3 === 0).slice(0, many)) {
    expect([index.remove(key), index.remove(key)]).toEqual([true, false])
    all.delete(key)
  }
}

const kinds: [string, Partial<IndexOptions>][] = [
  ['packed vectors', {}],
  ['packed vectors with sketches', { sketchFrom: 1 }],
  ['a graph', { kind: 'usearch' }],
  ['a native graph', { kind: 'usearch-native' }],
]

describe.each(kinds)('an index of %s', (_name, options) => {
  let index: VectorIndex
  afterEach(() => index.dispose())

  it('is exact in ACCURATE and never short in FAST, whatever was done to it before', async () => {
    const change = fc.record({
      add: fc.boolean(),
      many: fc.integer({ min: 1, max: 60 }),
      seed: fc.nat(),
      settle: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        index = await createIndex(options, { model: 'model', dimensions })
        const all = new Map<number, Float32Array>()
        let nextKey = 0
        for (const { add, many, seed, settle } of changes) {
          if (add) {
            for (const vector of people(many, 1, seed)) {
              index.add(nextKey, vector)
              all.set(nextKey++, vector)
            }
          } else {
            removeSome(index, all, many, seed)
          }
          if (settle) await index.settled()
          const [probe] = people(1, 1, seed + 1) as [Float32Array]
          const some = new KeySet()
          for (const key of all.keys()) if ((key + seed) % 4 === 0) some.add(key)
          const inSome = new Map([...all].filter(([key]) => some.has(key)))
          for (const limit of [1, 7, 200]) {
            expectHits(await index.search(probe, { mode: 'ACCURATE', limit }), exact(all, probe, limit))
            const among = { limit, among: some }
            expectHits(await index.search(probe, { ...among, mode: 'ACCURATE' }), exact(inSome, probe, limit))
            for (const hits of [
              await index.search(probe, { ...among, mode: 'FAST' }),
              await index.search(probe, { mode: 'FAST', limit }),
            ]) {
              expect(new Set(hits.map(({ key }) => key)).size).toBe(hits.length)
              for (const { key, similarity } of hits) {
                const [own] = exact(new Map([[key, all.get(key) as Float32Array]]), probe, 1)
                expect(similarity).toBeCloseTo(own?.similarity as number, 5)
              }
            }
            expect(await index.search(probe, { mode: 'FAST', limit })).toHaveLength(Math.min(limit, all.size))
            expect(await index.search(probe, { ...among, mode: 'FAST' })).toHaveLength(Math.min(limit, some.size))
          }
        }
        expect(index.size).toBe(all.size)
        index.dispose()
      }),
      { numRuns: 25 },
    )
  })

  it('finds people again in FAST, and says how surely', async () => {
    index = await createIndex(options, { model: 'model', dimensions })
    const views = people(1000, 3, 7)
    for (const [i, vector] of views.entries()) if (i % 3 > 0) index.add(i, vector)
    await index.settled()
    let found = 0
    for (let i = 0; i < views.length; i += 3) {
      const [hit] = await index.search(views[i] as Float32Array, { mode: 'FAST', limit: 1 })
      const [best] = await index.search(views[i] as Float32Array, { mode: 'ACCURATE', limit: 1 })
      if (hit?.key === best?.key) found++
    }
    expect(found).toBeGreaterThanOrEqual(990)
    const report = await verifyRecall(index, { probes: 100 })
    expect(report.probes).toBe(100)
    expect(report.recall1).toBeGreaterThan(0.9)
    expect(report.recall10).toBeGreaterThan(0.9)
  })

  it('does not grow while people come and go all day', async () => {
    index = await createIndex(options, { model: 'model', dimensions })
    const vectors = people(300, 1, 11)
    for (const [key, vector] of vectors.entries()) index.add(key, vector)
    await index.settled()
    const churn = async (): Promise<void> => {
      for (let i = 0; i < 3000; i++) {
        index.remove(i % 300)
        index.add(i % 300, vectors[(i * 7) % 300] as Float32Array)
        if (i % 500 === 0) await index.settled()
      }
      await index.settled()
    }
    await churn()
    const before = index.memoryBytes
    await churn()
    expect(index.memoryBytes).toBeLessThanOrEqual(before)
    expect(index.size).toBe(300)
    expect(await index.search(vectors[0] as Float32Array, { mode: 'FAST', limit: 300 })).toHaveLength(300)
  })

  it('says what does not fit, and goes on as it was', async () => {
    index = await createIndex({ ...options, maximumBytes: 8 * 2 ** 20 }, { model: 'model', dimensions })
    const [vector] = people(1, 1, 1) as [Float32Array]
    index.add(1, vector)
    refuses(() => index.add(2, new Float32Array(3)), 'dimension_mismatch')
    refuses(() => index.add(2, new Float32Array(dimensions).fill(Number.NaN)), 'dimension_mismatch')
    refuses(() => index.search(new Float32Array(3), { mode: 'FAST', limit: 1 }), 'dimension_mismatch')
    refuses(() => index.reserve(1_000_000), 'gallery_full')
    expectHits(await index.search(vector, { mode: 'FAST', limit: 5 }), [{ key: 1, similarity: 1 }])
  })

  it('answers nothing where nothing is, or nothing is allowed', async () => {
    index = await createIndex(options, { model: 'model', dimensions })
    const [vector] = people(1, 1, 1) as [Float32Array]
    expect(await index.search(vector, { mode: 'FAST', limit: 5 })).toEqual([])
    index.add(0, vector)
    expect(await index.search(vector, { mode: 'FAST', limit: 5, among: new KeySet() })).toEqual([])
    expect(await index.search(vector, { mode: 'FAST', limit: 5, leastSimilarity: 1.1 })).toEqual([])
    expect(await verifyRecall(index)).toMatchObject({ probes: 1, recall1: 1, recall10: 1 })
  })
})
