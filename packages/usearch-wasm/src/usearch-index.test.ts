import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Metric, Scalar, UsearchHit } from './ann-index.ts'
import type { WasmIndexOptions } from './engine-starter.ts'
import { loadUsearchIndex } from './load-usearch-index.ts'
import { loadUsearch } from './module.ts'
import { randomVectors } from './testing/random-vectors.ts'
import { refuses } from './testing/refuses.ts'
import { createUsearchIndex, type UsearchIndex } from './usearch-index.ts'

const dimensions = 19
const kinds: { metric: Metric; scalar: Scalar; tolerance: number }[] = [
  { metric: 'cos', scalar: 'f32', tolerance: 1e-5 },
  { metric: 'ip', scalar: 'f32', tolerance: 1e-4 },
  // Half a step of 1/127 in each value of a vector.
  { metric: 'cos', scalar: 'i8', tolerance: 0.01 },
]

const vector = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimensions, maxLength: dimensions })
  .filter((values) => Math.hypot(...values) > 0.2)
  .map((values) => Float32Array.from(values))

const operation = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('add' as const), key: fc.nat(60), vector }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('remove' as const), key: fc.nat(60) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('update' as const), key: fc.nat(60), vector }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'compact' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('reload' as const), pieces: fc.integer({ min: 1, max: 5000 }) }),
  },
)

const made: UsearchIndex[] = []
afterEach(() => {
  for (const index of made.splice(0)) index.dispose()
})

async function make(options: Partial<WasmIndexOptions> = {}): Promise<UsearchIndex> {
  const index = await createUsearchIndex({ dimensions, ...options })
  made.push(index)
  return index
}

async function load(
  saved: Parameters<typeof loadUsearchIndex>[0],
  options: Partial<WasmIndexOptions> = {},
): Promise<UsearchIndex> {
  const index = await loadUsearchIndex(saved, { dimensions, ...options })
  made.push(index)
  return index
}

function distance(metric: Metric, a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
  return metric === 'ip' ? 1 - dot : 1 - dot / (Math.hypot(...a) * Math.hypot(...b))
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, i) => byte === b[i])
}

/** Checks hits against all vectors there are: each distance is right, and with `exact` nothing nearer was left out. */
function expectFound(
  hits: UsearchHit[],
  held: ReadonlyMap<number, Float32Array>,
  query: Float32Array,
  { metric, tolerance, k, exact }: { metric: Metric; tolerance: number; k: number; exact: boolean },
): void {
  const all = new Map([...held].map(([key, values]) => [key, distance(metric, query, values)]))
  const found = hits.map(({ key }) => all.get(key) ?? Number.NaN)
  const expected = exact ? [...all.values()].sort((a, b) => a - b).slice(0, k) : found
  const distances = hits.map((hit) => hit.distance)
  expect(hits).toHaveLength(Math.min(k, all.size))
  expect(new Set(hits.map(({ key }) => key)).size).toBe(hits.length)
  expect(distances).toEqual([...distances].sort((a, b) => a - b))
  expect(distances.filter((value, i) => !(Math.abs(value - (found[i] as number)) < tolerance))).toEqual([])
  expect(distances.filter((value, i) => !(Math.abs(value - (expected[i] as number)) < tolerance))).toEqual([])
}

function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += length) yield bytes.subarray(at, at + length)
}

describe.each(kinds)('an index of $scalar with $metric', ({ metric, scalar, tolerance }) => {
  it('answers as a scan of all vectors would, whatever was added, removed, compacted, saved and loaded', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(operation, { maxLength: 100 }),
        fc.array(vector, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 70 }),
        fc.boolean(),
        async (operations, queries, k, graph) => {
          // An expansion below the size is what keeps a small index from being scanned.
          let index = await make({ metric, scalar, connectivity: 3, expansion: graph ? 1 : 64 })
          const held = new Map<number, Float32Array>()
          for (const step of operations) {
            if (step.kind === 'compact') {
              await index.compact()
            } else if (step.kind === 'reload') {
              const saved = index.save()
              index = await load(pieces(saved, step.pieces), { metric, scalar, expansion: graph ? 1 : 64 })
              if (!same(index.save(), saved)) throw new Error('saved and loaded is not the same')
            } else {
              if (step.kind !== 'add' && index.remove(step.key) !== held.delete(step.key)) {
                throw new Error(`wrong word about key ${step.key}`)
              }
              if (step.kind !== 'remove' && !held.has(step.key)) {
                index.add(step.key, step.vector)
                held.set(step.key, step.vector)
              }
            }
          }
          expect(index.size).toBe(held.size)
          expect([...index.keys()].sort((a, b) => a - b)).toEqual([...held.keys()].sort((a, b) => a - b))
          for (const [key, values] of held) {
            expect(index.contains(key)).toBe(true)
            expect(distance('cos', index.get(key) as Float32Array, values)).toBeLessThan(tolerance)
          }
          const even = new Map([...held].filter(([key]) => key % 2 === 0))
          for (const query of queries) {
            const oracle = { metric, tolerance, k, exact: !graph }
            expectFound(index.search(query, { k }), held, query, oracle)
            expectFound(index.search(query, { k, exact: true }), held, query, { ...oracle, exact: true })
            for (const allow of [
              (key: number) => key % 2 === 0,
              even.keys(),
              { bits: new Uint8Array(8).fill(0x55) },
              { bits: new Uint32Array(2).fill(0x55555555) },
            ]) {
              expectFound(index.search(query, { k, allow }), even, query, oracle)
            }
          }
          for (const used of made.splice(0)) used.dispose()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('finds in the graph nearly all of what a scan finds', async () => {
    const index = await make({ metric, scalar, dimensions: 32, expansion: 128 })
    const vectors = randomVectors(4000, 32, 7)
    index.addMany(
      vectors.map((_, i) => i),
      vectors,
    )
    let found = 0
    for (const query of randomVectors(50, 32, 8)) {
      const exact = new Set(index.search(query, { k: 10, exact: true }).map(({ key }) => key))
      found += index.search(query, { k: 10 }).filter(({ key }) => exact.has(key)).length
    }
    expect(found / 500).toBeGreaterThan(0.95)
  })

  it('keeps finding after many times as much was removed and added as it holds', async () => {
    const index = await make({ metric, scalar, expansion: 64 })
    const vectors = randomVectors(3000, dimensions, 9)
    for (const [i, values] of vectors.entries()) {
      index.add(i, values)
      if (i >= 200) index.remove(i - 200)
    }
    expect(index.size).toBe(200)
    expect(index.removed).toBeLessThanOrEqual(1)
    const held = new Map([...vectors.entries()].filter(([i]) => index.contains(i)))
    const query = vectors[2900] as Float32Array
    expectFound(index.search(query, { k: 200, exact: true }), held, query, { metric, tolerance, k: 200, exact: true })
    await index.compact()
    expect(index.removed).toBe(0)
    expectFound(index.search(query, { k: 200 }), held, query, { metric, tolerance, k: 200, exact: true })
  })
})

describe('UsearchIndex', () => {
  const [one, two, three] = randomVectors(3, dimensions, 1) as [Float32Array, Float32Array, Float32Array]

  it('holds keys up to 2^53 - 1', async () => {
    const index = await make()
    const keys = [0, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]
    index.addMany(keys, randomVectors(4, dimensions, 2))
    expect([...(await load(index.save())).keys()].sort((a, b) => a - b)).toEqual(keys)
    expect(index.search(one, { k: 4 }).map(({ key }) => key)).toHaveLength(4)
  })

  it('gives equally near hits in the order of their keys', async () => {
    const index = await make()
    for (const key of [9, 3, 7, 5]) index.add(key, one)
    index.add(1, two)
    for (const exact of [true, false]) {
      expect(index.search(one, { k: 3, exact }).map(({ key }) => key)).toEqual([3, 5, 7])
    }
  })

  it('keeps its own copies of vectors, and gives copies', async () => {
    const index = await make()
    const mine = one.slice()
    index.add(1, mine)
    mine.fill(0)
    const got = index.get(1) as Float32Array
    expect(got).toEqual(one)
    got.fill(0)
    expect(index.get(1)).toEqual(one)
    expect(index.get(2)).toBeUndefined()
  })

  it('takes plain arrays of numbers and one array of all vectors', async () => {
    const index = await make({ dimensions: 2 })
    index.add(1, [1, 0])
    index.addMany([2, 3], Float32Array.of(0, 1, -1, 0))
    expect(index.search([0, 2], { k: 1 })[0]?.key).toBe(2)
  })

  it('refuses options that it cannot keep', async () => {
    const wrong: unknown[] = [
      undefined,
      { dimensions: 0 },
      { dimensions: 2.5 },
      { dimensions: 65_537 },
      { dimensions: 4, metric: 'l2' },
      { dimensions: 4, scalar: 'f16' },
      { dimensions: 4, scalar: 'i8', metric: 'ip' },
      { dimensions: 4, connectivity: 1 },
      { dimensions: 4, expansion: 0 },
      { dimensions: 4, expansionAdd: Number.NaN },
      { dimensions: 4, maximumBytes: 1000 },
    ]
    for (const options of wrong) await refuses(() => createUsearchIndex(options as never), 'invalid_argument')
  })

  it('refuses keys, vectors and numbers that are none, and stays as it is', async () => {
    const index = await make()
    index.add(1, one)
    const saved = index.save()
    for (const key of [-1, 0.5, Number.NaN, 2 ** 53, '1', 1n, null] as never[]) {
      await refuses(() => index.add(key, one), 'invalid_argument')
      await refuses(() => index.remove(key), 'invalid_argument')
      await refuses(() => index.contains(key), 'invalid_argument')
      await refuses(() => index.get(key), 'invalid_argument')
      await refuses(() => index.search(one, { k: 1, allow: [key] }), 'invalid_argument')
    }
    const vectors = [
      new Float32Array(dimensions),
      one.map((value, i) => (i === 18 ? Number.NaN : value)),
      one.map((value, i) => (i === 0 ? Number.POSITIVE_INFINITY : value)),
      one.map((value) => value * 1e20),
      one.map((value) => value * 1e-20),
      Array.from({ length: dimensions }, () => 'a'),
      one.subarray(1),
      [...one, 1],
    ] as Float32Array[]
    for (const wrong of vectors) {
      await refuses(() => index.add(2, wrong), 'invalid_vector')
      await refuses(() => index.addMany([2, 3], [two, wrong]), 'invalid_vector')
      await refuses(() => index.search(wrong, { k: 1 }), 'invalid_vector')
    }
    for (const wrong of [undefined, 7, Array.from({ length: dimensions }, () => 1n)] as never[]) {
      await refuses(() => index.add(2, wrong), 'invalid_argument')
      await refuses(() => index.search(wrong, { k: 1 }), 'invalid_argument')
    }
    await refuses(() => index.addMany(undefined as never, []), 'invalid_argument')
    await refuses(() => index.addMany([2], undefined as never), 'invalid_argument')
    for (const k of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1', undefined] as never[]) {
      await refuses(() => index.search(one, { k }), 'invalid_argument')
    }
    await refuses(() => index.search(one, undefined as never), 'invalid_argument')
    await refuses(() => index.search(one, { k: 1, expansion: 0 }), 'invalid_argument')
    for (const allow of [7, { bits: [1] }, { keys: [1] }, null] as never[]) {
      await refuses(() => index.search(one, { k: 1, allow }), 'invalid_argument')
    }
    await refuses(() => index.reserve(-1), 'invalid_argument')
    expect(index.save()).toEqual(saved)
  })

  it('answers with all it has where more is wanted', async () => {
    const index = await make()
    expect(index.search(one, { k: 5 })).toEqual([])
    index.addMany([1, 2], [one, two])
    expect(index.search(one, { k: Number.MAX_SAFE_INTEGER })).toHaveLength(2)
    expect(index.search(one, { k: 5, allow: [2, 2, 77] }).map(({ key }) => key)).toEqual([2])
    expect(index.search(one, { k: 5, allow: [] })).toEqual([])
    index.add(63, three)
    const bits = Uint32Array.of(2, 2 ** 31)
    expect(index.search(three, { k: 5, allow: { bits } }).map(({ key }) => key)).toEqual([63, 1])
  })

  it('adds all of many or none', async () => {
    const index = await make()
    index.add(3, three)
    await refuses(() => index.addMany([1, 2, 3], [one, two, three]), 'key_exists')
    await refuses(() => index.addMany([1, 1], [one, two]), 'key_exists')
    await refuses(() => index.add(3, one), 'key_exists')
    await refuses(() => index.addMany([1, 2], one), 'invalid_vector')
    await refuses(() => index.addMany([1, 2], [one]), 'invalid_argument')
    expect([...index.keys()]).toEqual([3])
    index.addMany([], [])
    index.addMany(Float64Array.of(1, 2), [one, two])
    expect(index.size).toBe(3)
  })

  it('reserves room that adding then does not have to make', async () => {
    const index = await make()
    index.reserve(1000)
    expect(index.capacity).toBeGreaterThanOrEqual(1000)
    expect(index.size).toBe(0)
  })

  it('says that memory has run out, and goes on answering as before', async () => {
    const index = await make({ dimensions: 256, maximumBytes: 3 * 2 ** 20 })
    const vectors = randomVectors(4000, 256, 3)
    let size = 0
    await refuses(() => {
      for (const values of vectors) index.add(size++, values)
    }, 'out_of_memory')
    size--
    expect(index.size).toBe(size)
    expect(size).toBeGreaterThan(500)
    expect(index.memoryBytes).toBeLessThanOrEqual(3 * 2 ** 20)
    await refuses(
      () =>
        index.addMany(
          [-1, -2].map((i) => size - i),
          vectors.slice(0, 2),
        ),
      'out_of_memory',
    )
    await refuses(() => index.reserve(1e6), 'out_of_memory')
    await refuses(() => index.reserve(4e9), 'out_of_memory')
    for (let key = 0; key < size; key += 10) {
      expect(index.search(vectors[key] as Float32Array, { k: 1 })[0]?.key).toBe(key)
    }
    const saved = index.save()
    const other = await load(saved, { dimensions: 256 })
    expect(other.size).toBe(size)
    await refuses(() => load(saved, { dimensions: 256, maximumBytes: 2 * 2 ** 20 }), 'out_of_memory')
    // A place that was freed can be filled again.
    index.remove(5)
    index.add(1_000_000, vectors[5] as Float32Array)
    expect(index.search(vectors[5] as Float32Array, { k: 1 })[0]?.key).toBe(1_000_000)
  })

  it('adds none of many where memory runs out in the middle of them', async () => {
    // One value a vector: what is reserved beforehand is small beside the graph.
    const index = await make({ dimensions: 1, maximumBytes: 2 * 2 ** 20 })
    const values = Float32Array.from({ length: 12_000 }, (_, i) => i + 1)
    index.add(20_000, [1])
    await refuses(() => index.addMany([...values.keys()], values), 'out_of_memory')
    expect(index.removed).toBeGreaterThan(1000)
    expect([...index.keys()]).toEqual([20_000])
  })

  it('loads from chunks of every kind', async () => {
    const index = await make({ scalar: 'i8' })
    index.addMany(
      Array.from({ length: 300 }, (_, i) => i),
      randomVectors(300, dimensions, 4),
    )
    index.remove(17)
    const saved = index.save()
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of pieces(saved, 1000)) controller.enqueue(chunk)
        controller.close()
      },
    })
    for (const source of [saved, saved.buffer, index.saveChunks(), pieces(saved, 1), stream]) {
      const copy = await load(source, { scalar: 'i8' })
      expect(copy.save()).toEqual(saved)
      expect(copy.removed).toBe(1)
    }
  })

  it('passes on what a stream throws', async () => {
    const index = await make()
    index.add(1, one)
    const saved = index.save()
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield saved.subarray(0, 50)
      throw new Error('the line went dead')
    }
    await expect(load(broken())).rejects.toThrow('the line went dead')
  })

  it('does not save in chunks what changes meanwhile', async () => {
    const index = await make({ dimensions: 512 })
    index.addMany(
      Array.from({ length: 3000 }, (_, i) => i),
      randomVectors(3000, 512, 5),
    )
    const chunks = index.saveChunks()
    expect(chunks.next().value).toHaveLength(4 * 2 ** 20)
    index.remove(1)
    await refuses(() => chunks.next(), 'busy')
  })

  it('goes on answering and changing while it is compacted', async () => {
    const index = await make({ expansion: 500 })
    const vectors = randomVectors(3000, dimensions, 6)
    index.addMany([...vectors.keys()], vectors)
    for (let key = 0; key < 3000; key += 2) index.remove(key)
    const before = index.memoryBytes
    const progress: number[] = []
    const done = index.compact({ sliceMs: 1, onProgress: (count, total) => progress.push(count / total) })
    await refuses(() => index.compact(), 'busy')
    const changes = async (): Promise<void> => {
      for (let key = 1; key < 200; key += 2) {
        expect(index.search(vectors[key] as Float32Array, { k: 1 })[0]?.key).toBe(key)
        index.remove(key)
        index.add(key + 10_000, vectors[key] as Float32Array)
        if (key % 20 === 1) {
          await new Promise((resolve) => {
            setTimeout(resolve)
          })
        }
      }
    }
    await Promise.all([done, changes()])
    expect(index.size).toBe(1500)
    expect(index.removed).toBeLessThanOrEqual(100)
    expect(index.memoryBytes).toBeLessThanOrEqual(before)
    expect(progress.length).toBeGreaterThan(2)
    expect(progress.at(-1)).toBe(1)
    for (let key = 1; key < 3000; key += 2) {
      const expected = key < 200 ? key + 10_000 : key
      expect(index.search(vectors[key] as Float32Array, { k: 1, exact: true })[0]?.key).toBe(expected)
    }
  })

  it('is as it was when compacting is stopped', async () => {
    const index = await make()
    const vectors = randomVectors(2000, dimensions, 6)
    index.addMany([...vectors.keys()], vectors)
    index.remove(3)
    const saved = index.save()
    const stop = new AbortController()
    const reason = new Error('not now')
    await expect(index.compact({ sliceMs: 1, signal: stop.signal, onProgress: () => stop.abort(reason) })).rejects.toBe(
      reason,
    )
    await expect(index.compact({ signal: stop.signal })).rejects.toBe(reason)
    await refuses(() => index.compact({ sliceMs: 0 }), 'invalid_argument')
    expect(index.save()).toEqual(saved)
    await index.compact()
    expect(index.size).toBe(1999)
  })

  it('stays disposed when it is disposed while it is compacted', async () => {
    const index = await make()
    const vectors = randomVectors(2000, dimensions, 6)
    index.addMany([...vectors.keys()], vectors)
    const compacting = index.compact({ sliceMs: 1 })
    index.dispose()
    await refuses(() => compacting, 'disposed')
    await refuses(() => index.size, 'disposed')
  })

  it('refuses every call once it is disposed', async () => {
    const index = await make({ module: await loadUsearch() })
    index.add(1, one)
    index[Symbol.dispose]()
    index.dispose()
    const calls: (() => unknown)[] = [
      () => index.size,
      () => index.capacity,
      () => index.removed,
      () => index.reserve(1),
      () => index.add(2, two),
      () => index.addMany([2], [two]),
      () => index.remove(1),
      () => index.contains(1),
      () => index.get(1),
      () => index.keys(),
      () => index.search(one, { k: 1 }),
      () => index.save(),
      () => index.saveChunks().next(),
      () => index.compact(),
    ]
    for (const call of calls) await refuses(call, 'disposed')
    expect(index.memoryBytes).toBe(0)
  })
})
