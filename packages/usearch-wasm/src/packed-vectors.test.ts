import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPackedVectors, type PackedVectors } from './packed-vectors.ts'

/** What rounding may cost a similarity. */
const tolerance = 2e-6

function unit(values: Iterable<number>): Float32Array {
  const vector = Float32Array.from(values)
  const length = Math.hypot(...vector)
  return vector.map((value, i) => (length === 0 ? Number(i === 0) : value / length))
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (const [i, value] of a.entries()) sum += value * (b[i] as number)
  return sum
}

/** Repeatable vectors around a common middle, as face templates are. */
function cone(count: number, dimensions: number, seed: number): Float32Array[] {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296 - 0.5
  }
  return Array.from({ length: count }, () =>
    unit(Array.from({ length: dimensions }, (_, i) => 0.3 + (2 * random()) / Math.sqrt(1 + (i % 64)))),
  )
}

/** Best first: the exact answer that every search is held against. */
function expected(all: ReadonlyMap<number, Float32Array>, probe: Float32Array): { key: number; similarity: number }[] {
  return [...all]
    .map(([key, vector]) => ({ key, similarity: dot(vector, probe) }))
    .sort((a, b) => b.similarity - a.similarity)
}

function expectAnswer(
  { keys, similarities }: ReturnType<PackedVectors['search']>,
  all: ReadonlyMap<number, Float32Array>,
  probe: Float32Array,
  limit: number,
  least = -1,
): void {
  const best = expected(all, probe).filter(({ similarity }) => similarity >= least)
  const sure = best.filter(({ similarity }) => similarity >= least + tolerance).length
  expect(keys.length).toBeGreaterThanOrEqual(Math.min(limit, sure))
  expect(keys.length).toBeLessThanOrEqual(Math.min(limit, all.size))
  expect(new Set(keys).size).toBe(keys.length)
  for (const [i, key] of keys.entries()) {
    const similarity = similarities[i] as number
    expect(Math.abs(dot(all.get(key) as Float32Array, probe) - similarity)).toBeLessThan(tolerance)
    // Past the end of the best only by what rounding lets in.
    expect(Math.abs((best[i]?.similarity ?? least) - similarity)).toBeLessThan(tolerance)
  }
}

function refuses(call: () => unknown, code: string): void {
  expect(call).toThrow(expect.objectContaining({ code }))
}

describe('PackedVectors', () => {
  it('answers as an exact scan does, whatever was added, removed, learned and asked before', async () => {
    const dimensions = fc.constantFrom(2, 5, 16, 40, 128)
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant('add'), seed: fc.nat(), many: fc.integer({ min: 1, max: 40 }) }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('remove'), seed: fc.nat(), many: fc.integer({ min: 1, max: 15 }) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('learn'),
          seed: fc.constant(0),
          many: fc.integer({ min: 1, max: 30 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({ kind: fc.constant('search'), seed: fc.nat(), many: fc.integer({ min: 1, max: 30 }) }),
      },
    )
    await fc.assert(
      fc.asyncProperty(dimensions, fc.array(step, { minLength: 3, maxLength: 25 }), async (length, steps) => {
        using vectors = await createPackedVectors({ dimensions: length })
        const all = new Map<number, Float32Array>()
        let nextKey = 0
        let learning: Generator<number> | undefined
        for (const { kind, seed, many } of steps) {
          if (kind === 'add') {
            for (const vector of cone(many, length, seed)) {
              vectors.add(nextKey, vector)
              all.set(nextKey++, vector)
            }
          } else if (kind === 'remove') {
            for (let i = 0; i < many && all.size > 0; i++) {
              const key = [...all.keys()][(seed + i * 7) % all.size] as number
              if (vectors.remove(key)) all.delete(key)
            }
          } else if (kind === 'learn') {
            // Some steps of it only: what comes next meets it half done.
            learning ??= vectors.learn()
            for (let i = 0; i < many * 20; i++) {
              if (!learning.next().done) continue
              learning = undefined
              break
            }
          } else {
            const [probe] = cone(1, length, seed) as [Float32Array]
            expectAnswer(vectors.search(probe, { limit: many }), all, probe, many)
            expectAnswer(vectors.search(probe, { limit: many, least: 0.6 }), all, probe, many, 0.6)
            const some = new Map([...all].filter(([key]) => (key * 31 + seed) % 3 === 0))
            const allowed = new Uint32Array(Math.ceil(nextKey / 32))
            for (const key of some.keys()) allowed[key >>> 5] = (allowed[key >>> 5] as number) | (1 << (key & 31))
            expectAnswer(vectors.search(probe, { limit: many, allowed }), some, probe, many)
            expectAnswer(vectors.searchAmong(probe, some.keys(), { limit: many }), some, probe, many)
          }
          expect(vectors.size).toBe(all.size)
        }
        expect([...vectors.keys()].sort((a, b) => a - b)).toEqual([...all.keys()].sort((a, b) => a - b))
        for (const [key, vector] of all) {
          const kept = vectors.get(key) as Float32Array
          for (const [i, value] of vector.entries()) expect(Math.abs(value - (kept[i] as number))).toBeLessThan(1e-5)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('finds by sketches what an exact scan finds, and gives as many hits as there are', async () => {
    using vectors = await createPackedVectors({ dimensions: 128 })
    const all = cone(6000, 128, 1)
    for (const [key, vector] of all.entries()) vectors.add(key, vector)
    expect(vectors.learned).toBeUndefined()
    for (const share of vectors.learn()) expect(share).toBeLessThanOrEqual(1)
    expect(vectors.learned).toEqual({ from: 6000 })
    let found = 0
    for (let i = 0; i < 100; i++) {
      // Another view of one of them.
      const seen = all[i * 60] as Float32Array
      const probe = unit(seen.map((value, j) => value + 0.05 * ((all[i] as Float32Array)[j] as number)))
      const fast = vectors.search(probe, { limit: 20, share: 1 / 50 })
      expect(fast.keys).toHaveLength(20)
      const exact = vectors.search(probe, { limit: 20 })
      expect(fast.similarities[0]).toBeLessThanOrEqual(exact.similarities[0] as number)
      if (fast.keys[0] === exact.keys[0]) found++
    }
    expect(found).toBeGreaterThanOrEqual(99)
  })

  it('keeps no byte of a vector that was removed, and none at all once disposed', async () => {
    const vectors = await createPackedVectors({ dimensions: 64 })
    const [kept, removed] = cone(2, 64, 5) as [Float32Array, Float32Array]
    vectors.add(1, kept)
    vectors.add(2, removed)
    vectors.remove(2)
    const { keys } = vectors.search(removed, { limit: 5 })
    expect([...keys]).toEqual([1])
    expect(vectors.get(2)).toBeUndefined()
    vectors.dispose()
    expect(() => vectors.search(kept, { limit: 1 })).toThrow(expect.objectContaining({ code: 'disposed' }))
  })

  it('refuses what it cannot keep, and stays as it was', async () => {
    using vectors = await createPackedVectors({ dimensions: 2 })
    vectors.add(7, Float32Array.of(1, 0))
    refuses(() => vectors.add(7, Float32Array.of(0, 1)), 'key_exists')
    refuses(() => vectors.add(8, Float32Array.of(0, 1, 0)), 'invalid_vector')
    refuses(() => vectors.add(8, Float32Array.of(Number.NaN, 1)), 'invalid_vector')
    refuses(() => vectors.add(-1, Float32Array.of(0, 1)), 'invalid_argument')
    refuses(() => vectors.add(2 ** 26, Float32Array.of(0, 1)), 'invalid_argument')
    refuses(() => vectors.search(Float32Array.of(1, 0), { limit: 0 }), 'invalid_argument')
    refuses(() => vectors.search(Float32Array.of(1, 0), { limit: 1, share: 0 }), 'invalid_argument')
    refuses(() => vectors.search(Float32Array.of(1, Number.POSITIVE_INFINITY), { limit: 1 }), 'invalid_vector')
    expect(vectors.size).toBe(1)
    expect([...vectors.search(Float32Array.of(1, 0), { limit: 3 }).keys]).toEqual([7])
  })

  it('says that memory is short before it changes anything, and answers on', async () => {
    using vectors = await createPackedVectors({ dimensions: 128, maximumBytes: 8 * 2 ** 20 })
    const all = new Map(cone(200, 128, 3).entries())
    for (const [key, vector] of all) vectors.add(key, vector)
    expect(() => vectors.reserve(50_000)).toThrow(expect.objectContaining({ code: 'out_of_memory' }))
    const [probe] = cone(1, 128, 9) as [Float32Array]
    expectAnswer(vectors.search(probe, { limit: 10 }), all, probe, 10)
    let next = 200
    const [more] = cone(1, 128, 4) as [Float32Array]
    expect(() => {
      for (;;) vectors.add(next++, more)
    }).toThrow(expect.objectContaining({ code: 'out_of_memory' }))
    expect(vectors.size).toBe(next - 1)
    expect(vectors.has(next - 1)).toBe(false)
    expect(vectors.remove(next - 2)).toBe(true)
    vectors.add(next, more)
    expect(vectors.has(next)).toBe(true)
  })
})
