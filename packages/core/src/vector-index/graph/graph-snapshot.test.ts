import { createUsearchIndex, loadUsearchIndex, usearchVersion } from '@visavis/usearch-wasm'
import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createIndex } from '../create-index.ts'
import type { SnapshotStorage } from '../../store/snapshot-storage.ts'
import { decodeSnapshot, encodeSnapshot, type SnapshotStamp } from './graph-snapshot.ts'
import type { IndexOptions } from '../index-options.ts'
import { graphIndex } from './usearch-graph.ts'
import type { VectorIndex } from '../vector-index.ts'

const dimensions = 32
const stamp: SnapshotStamp = {
  model: 'model',
  dimensions,
  metric: 'cos',
  scalar: 'i8',
  connectivity: 32,
  usearch: usearchVersion,
}

function vectorOf(key: number): Float32Array {
  const values = Array.from({ length: dimensions }, (_, i) => Math.sin((key + 1) * (i + 1) * 12.9898) + 0.2)
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

/** Keeps what is written in memory, and counts. */
class Storage implements SnapshotStorage {
  saved: Uint8Array | undefined
  writes = 0

  constructor(saved?: Uint8Array) {
    this.saved = saved
  }

  async read(): Promise<Uint8Array | undefined> {
    return this.saved
  }

  async write(snapshot: Uint8Array): Promise<void> {
    this.saved = snapshot.slice()
    this.writes++
  }

  async erase(): Promise<void> {
    this.saved = undefined
  }
}

let index: VectorIndex

async function open(
  snapshot: SnapshotStorage,
  keys: Iterable<number>,
  options: Partial<IndexOptions> = {},
): Promise<{ loaded: number }> {
  const counts = { loaded: 0 }
  const kind = graphIndex({
    create: createUsearchIndex,
    version: usearchVersion,
    load: async (saved, shape) => {
      const graph = await loadUsearchIndex(saved, shape)
      counts.loaded++
      return graph
    },
  })
  index = await createIndex({ kind, graphFrom: 10, snapshot, ...options }, { model: 'model', dimensions })
  for (const key of keys) index.add(key, vectorOf(key))
  await index.settled()
  return counts
}

async function expectFound(keys: Iterable<number>): Promise<void> {
  for (const key of keys) {
    const [hit] = await index.search(vectorOf(key), { mode: 'FAST', limit: 1 })
    expect(hit?.key).toBe(key)
    expect(hit?.similarity).toBeCloseTo(1, 5)
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, key) => key)

describe('the snapshot of a graph', () => {
  let snapshot: Uint8Array
  beforeAll(async () => {
    const storage = new Storage()
    await open(storage, upTo(200))
    index.dispose()
    snapshot = storage.saved as Uint8Array
  })
  afterEach(() => index.dispose())

  it('saves the building at the next start', async () => {
    expect(snapshot.byteLength).toBeGreaterThan(200 * dimensions)
    const storage = new Storage(snapshot)
    expect(await open(storage, upTo(200))).toEqual({ loaded: 1 })
    await expectFound(upTo(200))
    expect(storage.writes).toBe(0)
  })

  it('is mended where people came since, and saved again', async () => {
    const storage = new Storage(snapshot)
    expect(await open(storage, upTo(220))).toEqual({ loaded: 1 })
    await expectFound(upTo(220))
    expect(storage.writes).toBe(1)
    index.dispose()
    expect(await open(new Storage(storage.saved), upTo(220))).toEqual({ loaded: 1 })
    await expectFound(upTo(220))
  })

  it('is erased where somebody who is in it was removed, at once or since', async () => {
    const storage = new Storage(snapshot)
    await open(storage, upTo(200))
    index.remove(7)
    await index.finishErasing()
    expect(storage.saved).toBeUndefined()
    index.dispose()
    storage.saved = snapshot
    await open(storage, upTo(195))
    expect(storage.saved).toBeUndefined()
    await expectFound(upTo(195))
  })

  it('says when it could not be erased, and tries again', async () => {
    const storage = new Storage(snapshot)
    await open(storage, upTo(200))
    const { erase } = storage
    storage.erase = async () => {
      throw new Error('the disk is gone')
    }
    index.remove(7)
    await expect(index.finishErasing()).rejects.toMatchObject({ code: 'store_unavailable' })
    storage.erase = erase
    index.remove(8)
    await index.finishErasing()
    expect(storage.saved).toBeUndefined()
  })

  it('is built anew where it is of other vectors', async () => {
    const storage = new Storage(snapshot)
    const others = upTo(400).slice(200)
    await open(storage, others)
    await expectFound(others)
    expect(storage.writes).toBe(1)
    index.dispose()
    expect(await open(new Storage(storage.saved), others)).toEqual({ loaded: 1 })
  })

  it('is built anew where it is of another model, version or shape, or cannot be read', async () => {
    const decoded = await decodeSnapshot(snapshot, stamp)
    expect(decoded?.count).toBe(200)
    const others: Partial<SnapshotStamp>[] = [
      { model: 'other' },
      { usearch: '2.25.3' },
      { dimensions: 64 },
      { metric: 'ip' },
      { scalar: 'f32' },
      { connectivity: 16 },
    ]
    for (const other of others) {
      const foreign = await encodeSnapshot({ ...stamp, ...other }, decoded as NonNullable<typeof decoded>)
      expect(await decodeSnapshot(foreign, stamp)).toBeUndefined()
    }
    const broken = new Storage()
    broken.read = async () => {
      throw new Error('the disk is gone')
    }
    expect(await open(broken, upTo(50))).toEqual({ loaded: 0 })
    await expectFound(upTo(50))
  })

  it('is refused after any change of its bytes', async () => {
    const mutation = fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), bit: fc.nat(7) }),
      fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), bit: fc.constant(0) }),
      fc.record({ kind: fc.constant('extend' as const), at: fc.nat(200), bit: fc.nat(7) }),
      fc.record({ kind: fc.constant('zero' as const), at: fc.nat(), bit: fc.constant(0) }),
    )
    let refused = 0
    await fc.assert(
      fc.asyncProperty(mutation, async ({ kind, at, bit }) => {
        const bytes = mutated(snapshot, kind, at, bit)
        if (bytes.byteLength === snapshot.byteLength && bytes.every((byte, i) => byte === snapshot[i])) return
        expect(await decodeSnapshot(bytes, stamp)).toBeUndefined()
        refused++
      }),
      { numRuns: 2500 },
    )
    expect(refused).toBeGreaterThan(2000)
    index = await createIndex('packed', { model: 'model', dimensions })
  })

  it('is mended or built anew where its checksum is right and its content is not', async () => {
    const { graph, count } = (await decodeSnapshot(snapshot, stamp)) as NonNullable<
      Awaited<ReturnType<typeof decodeSnapshot>>
    >
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('flip' as const, 'cut' as const, 'extend' as const, 'zero' as const),
        fc.nat(),
        fc.nat(7),
        fc.constantFrom(count, 0, 7, 2 ** 31),
        async (kind, at, bit, claimed) => {
          const forged = await encodeSnapshot(stamp, { count: claimed, graph: mutated(graph, kind, at, bit) })
          await open(new Storage(forged), upTo(200))
          await expectFound([0, 50, 100, 199])
          expect(await index.search(vectorOf(3), { mode: 'FAST', limit: 50 })).toHaveLength(50)
          index.dispose()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('is given up with a graph whose memory ran out', async () => {
    const storage = new Storage(snapshot)
    await open(storage, upTo(200), {
      kind: graphIndex({
        create: (options) => createUsearchIndex({ ...options, maximumBytes: 2 * 2 ** 20 }),
        load: async () => {
          throw new Error('no memory')
        },
        version: stamp.usearch,
      }),
    })
    await expectFound(upTo(200))
  })
})

function mutated(bytes: Uint8Array, kind: 'flip' | 'cut' | 'extend' | 'zero', at: number, bit: number): Uint8Array {
  const place = at % bytes.byteLength
  switch (kind) {
    case 'cut':
      return bytes.slice(0, place)
    case 'extend':
      return Uint8Array.from([...bytes, ...new Uint8Array(1 + (at % 200)).fill(bit)])
    case 'zero':
      return Uint8Array.from(bytes).fill(0, place, place + 64)
    case 'flip': {
      const copy = bytes.slice()
      copy[place] = (copy[place] as number) ^ (1 << bit)
      return copy
    }
  }
}
