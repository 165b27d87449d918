import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { UsearchHit } from './ann-index.ts'
import { loadUsearchIndex } from './load-usearch-index.ts'
import { checkSavedFile, graphHeadBytes, headBytes, prefixBytes, type ExpectedFile } from './saved-file.ts'
import { randomVectors } from './testing/random-vectors.ts'
import { refuses } from './testing/refuses.ts'
import { isUsearchError } from './usearch-error.ts'
import { createUsearchIndex } from './usearch-index.ts'

const dimensions = 12
const count = 300
const kinds: ExpectedFile[] = [
  { dimensions, metric: 'cos', scalar: 'f32' },
  { dimensions, metric: 'ip', scalar: 'f32' },
  { dimensions, metric: 'cos', scalar: 'i8' },
]
const vectors = randomVectors(count, dimensions, 11)

/** A saved index of each kind, a third of its vectors removed. */
const files: Uint8Array<ArrayBuffer>[] = []

beforeAll(async () => {
  for (const kind of kinds) {
    const index = await createUsearchIndex({ ...kind, connectivity: 4 })
    index.addMany([...vectors.keys()], vectors)
    for (let key = 0; key < count; key += 3) index.remove(key)
    files.push(index.save())
    index.dispose()
  }
})

/** Where the parts of a file begin, by share: a mutation is as likely in each part, large or small. */
function regionsOf(kind: number): [number, number][] {
  const vectorsEnd = prefixBytes + count * dimensions * (kinds[kind]?.scalar === 'i8' ? 1 : 4)
  const graph = vectorsEnd + headBytes
  const levels = graph + graphHeadBytes
  const nodes = levels + count * 2
  const end = files[kind]?.byteLength as number
  return [
    [0, prefixBytes],
    [prefixBytes, vectorsEnd],
    [vectorsEnd, graph],
    [graph, levels],
    [levels, nodes],
    [nodes, end],
    [nodes, end],
  ]
}

/** Without a bias: fast-check likes beginnings and ends. */
const place = fc.record({ region: fc.noBias(fc.nat(6)), share: fc.noBias(fc.nat(999_999)) })
const mutation = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('truncate' as const), place }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('flip' as const), place, bit: fc.nat(7) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      place,
      value: fc.constantFrom(
        0,
        1,
        2,
        0x7f,
        0xff,
        299,
        300,
        301,
        0xffff,
        0x7fffffff,
        0x80000000,
        0xfffffffe,
        0xffffffff,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('zero' as const), place, length: fc.integer({ min: 1, max: 400 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('copy' as const),
      place,
      from: place,
      length: fc.integer({ min: 1, max: 400 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 100 }),
    }),
  },
)

type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never

function mutate(kind: number, steps: Mutation[]): Uint8Array {
  let bytes: Uint8Array = (files[kind] as Uint8Array).slice()
  const regions = regionsOf(kind)
  const at = (where: { region: number; share: number }): number => {
    const [from, to] = regions[where.region] as [number, number]
    return Math.min(from + Math.floor((where.share / 1e6) * (to - from)), bytes.byteLength)
  }
  for (const step of steps) {
    if (step.kind === 'truncate') bytes = bytes.slice(0, at(step.place))
    else if (step.kind === 'append') bytes = Uint8Array.of(...bytes, ...step.bytes)
    else if (step.kind === 'zero') bytes.fill(0, at(step.place), at(step.place) + step.length)
    else if (step.kind === 'copy') bytes.copyWithin(at(step.place), at(step.from), at(step.from) + step.length)
    else if (step.kind === 'flip' && at(step.place) < bytes.byteLength) bytes[at(step.place)]! ^= 1 << step.bit
    else if (step.kind === 'write' && at(step.place) + 4 <= bytes.byteLength) {
      new DataView(bytes.buffer).setUint32(at(step.place), step.value, true)
    }
  }
  return bytes
}

/** Loads bytes that may be anything: `refused`, or an index that was put through its paces. */
async function outcome(bytes: Uint8Array, kind: ExpectedFile): Promise<'refused' | 'loaded'> {
  let checked: unknown
  try {
    checkSavedFile(bytes, kind)
  } catch (error) {
    checked = error
  }
  try {
    const index = await loadUsearchIndex(bytes, { ...kind, expansion: 20 })
    expect(checked).toBeUndefined()
    for (const exact of [true, false]) {
      for (const vector of vectors.slice(0, 5)) {
        const hits = index.search(vector, { k: 10, exact })
        expect(hits).toHaveLength(Math.min(10, index.size))
        expect(hits.every((hit: UsearchHit) => index.contains(hit.key) && Number.isFinite(hit.distance))).toBe(true)
      }
    }
    for (const [i, vector] of vectors.slice(0, 30).entries()) index.add(10_000_000 + i, vector)
    for (const key of index.keys().slice(0, 30)) index.remove(key)
    expect(index.search(vectors[29] as Float32Array, { k: 3 })).toHaveLength(Math.min(3, index.size))
    index.dispose()
    return 'loaded'
  } catch (error) {
    if (checked === undefined) throw new Error('the check let through what loading refuses', { cause: error })
    if (!isUsearchError(error) || !['file_corrupt', 'file_mismatch', 'out_of_memory'].includes(error.code)) throw error
    return 'refused'
  }
}

describe('a saved index', () => {
  it('is refused or works after any of 2,400 mutations', async () => {
    const outcomes = { refused: 0, loaded: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.nat(kinds.length - 1),
        fc.array(mutation, { minLength: 1, maxLength: 2 }),
        async (kind, steps) => {
          outcomes[await outcome(mutate(kind, steps), kinds[kind] as ExpectedFile)]++
        },
      ),
      { numRuns: 2400 },
    )
    // Neither is what it is because the other is what everything comes to.
    expect(outcomes.refused).toBeGreaterThan(1000)
    expect(outcomes.loaded).toBeGreaterThan(100)
  })

  it('is refused where it is garbage', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
        expect(await outcome(bytes, kinds[0] as ExpectedFile)).toBe('refused')
      }),
      { numRuns: 200 },
    )
  })

  it('is refused wherever it ends too early', async () => {
    const file = files[2] as Uint8Array
    for (let length = 0; length < file.byteLength; length += 97) {
      expect(await outcome(file.subarray(0, length), kinds[2] as ExpectedFile)).toBe('refused')
    }
  })

  it('is refused as anything else than it is', async () => {
    for (const [i, file] of files.entries()) {
      for (const [j, kind] of kinds.entries()) {
        if (i !== j) await refuses(() => loadUsearchIndex(file, kind), 'file_mismatch')
      }
      expect(await outcome(file, kinds[i] as ExpectedFile)).toBe('loaded')
      await refuses(() => loadUsearchIndex(file, { ...(kinds[i] as ExpectedFile), dimensions: 13 }), 'file_mismatch')
    }
  })

  it('is refused where its parts contradict each other', async () => {
    const [head, graph, levels, nodes] = regionsOf(0)
      .slice(2)
      .map(([from]) => from) as [number, number, number, number]
    const contradictions: [where: number, bytes: number[]][] = [
      [head + 15, [20]],
      [head + 16, [14]],
      [head + 17, [201]],
      [head + 25, [101]],
      [head + 17, [199, 0, 0, 0, 0, 0, 0, 0, 101]],
      [head + 41, [1]],
      [head + 63, [1]],
      [graph, [0]],
      [graph + 8, [1]],
      [graph + 16, [3]],
      [graph + 24, [64]],
      [graph + 32, [0xff, 0xff]],
      [levels, [0xff, 0xff]],
      [levels, [99]],
      // The first node: its key, which another has, or too large; its level; its number of neighbors, and the first of them.
      [nodes, [1, 0, 0, 0, 0, 0, 0, 0]],
      [nodes + 6, [0x20]],
      [nodes + 8, [7]],
      [nodes + 10, [9]],
      [nodes + 14, [0x2c, 1]],
    ]
    for (const [where, bytes] of contradictions) {
      const file = (files[0] as Uint8Array).slice()
      const before = file.slice(where, where + bytes.length)
      file.set(bytes, where)
      expect([...before]).not.toEqual(bytes)
      expect({ where, outcome: await outcome(file, kinds[0] as ExpectedFile) }).toEqual({ where, outcome: 'refused' })
    }
  })

  it('is answered from completely where its graph falls to pieces', async () => {
    const file = (files[0] as Uint8Array).slice()
    const view = new DataView(file.buffer)
    const [levels, nodes] = [(regionsOf(0)[4] as [number, number])[0], (regionsOf(0)[5] as [number, number])[0]]
    let at = nodes
    for (let slot = 0; slot < count; slot++) {
      // No neighbors at the base level, eight at most, and none at the others, four at most.
      for (let level = 0; level <= view.getInt16(levels + slot * 2, true); level++) {
        view.setUint32(at + 10 + (level === 0 ? 0 : 36 + (level - 1) * 20), 0, true)
      }
      at += 10 + 36 + view.getInt16(levels + slot * 2, true) * 20
    }
    expect(at).toBe(file.byteLength)
    const index = await loadUsearchIndex(file, { ...(kinds[0] as ExpectedFile), expansion: 1 })
    const query = vectors[1] as Float32Array
    expect(index.search(query, { k: 20 })).toEqual(index.search(query, { k: 20, exact: true }))
    expect(index.search(query, { k: 20, allow: (key) => key > 5 })).toHaveLength(20)
    index.dispose()
  })

  it('is refused where usearch was of another time', async () => {
    for (const [offset, value] of [
      [7, 1],
      [7, 3],
      [9, 9],
    ] as const) {
      const other = (files[0] as Uint8Array).slice()
      other[(regionsOf(0)[2] as [number, number])[0] + offset] = value
      await refuses(() => loadUsearchIndex(other, kinds[0] as ExpectedFile), 'file_mismatch')
    }
  })
})
