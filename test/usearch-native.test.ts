import {
  createUsearchIndex,
  loadUsearchIndex,
  type AnnIndex,
  type Metric,
  type Scalar,
  type UsearchErrorCode,
  type UsearchHit,
} from '@visavis/usearch-wasm'
import { createNativeUsearchIndex, loadNativeUsearchIndex } from '@visavis/usearch-wasm/native'
import fc from 'fast-check'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Index, type MetricKind, type ScalarKind } from 'usearch'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { seededVectors } from './support/seeded-vectors.ts'

const dimensions = 48
const vectors = seededVectors(2000, dimensions, 1)
const queries = seededVectors(100, dimensions, 2)
const kinds: { metric: Metric; scalar: Scalar }[] = [
  { metric: 'cos', scalar: 'f32' },
  { metric: 'ip', scalar: 'f32' },
  { metric: 'cos', scalar: 'i8' },
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'visavis-usearch-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Adds all vectors, and removes every third. */
function fill(index: AnnIndex): void {
  index.addMany([...vectors.keys()], vectors)
  for (let key = 0; key < vectors.length; key += 3) index.remove(key)
}

async function codeOf(call: () => unknown): Promise<UsearchErrorCode | undefined> {
  try {
    await call()
    return undefined
  } catch (error) {
    return (error as { code: UsearchErrorCode }).code
  }
}

function search(index: AnnIndex): UsearchHit[][] {
  return queries.map((query) => index.search(query, { k: 10 }))
}

function cosine(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / (Math.hypot(...a) * Math.hypot(...b))
}

/** How many of the keys that one finds the other finds, too, and how far the distances are apart at most. */
function compare(a: UsearchHit[][], b: UsearchHit[][]): { alike: number; apart: number } {
  let common = 0
  let apart = 0
  for (const [i, hits] of a.entries()) {
    const distances = new Map((b[i] as UsearchHit[]).map(({ key, distance }) => [key, distance]))
    for (const { key, distance } of hits) {
      const other = distances.get(key)
      if (other === undefined) continue
      common++
      apart = Math.max(apart, Math.abs(distance - other))
    }
  }
  return { alike: common / a.reduce((sum, hits) => sum + hits.length, 0), apart }
}

describe.each(kinds)('a saved index of $scalar with $metric', ({ metric, scalar }) => {
  const options = { dimensions, metric, scalar, expansion: 128 }
  // Native usearch rounds to 8 bits by itself, and what it searches for, too.
  const expected = scalar === 'i8' ? { alike: 0.85, apart: 0.03 } : { alike: 0.999, apart: 1e-5 }

  it('is the same in native usearch, where WebAssembly saved it', async () => {
    const wasm = await createUsearchIndex(options)
    fill(wasm)
    const native = await loadNativeUsearchIndex(wasm.save(), options)
    expect(native.size).toBe(wasm.size)
    const { alike, apart } = compare(search(wasm), search(native))
    expect(alike).toBeGreaterThan(expected.alike)
    expect(apart).toBeLessThan(expected.apart)
    expect(Buffer.compare(await native.save(), wasm.save())).toBe(0)
    expect(native.contains(0)).toBe(false)
    native.add(0, vectors[0] as Float32Array)
    expect(native.search(vectors[0] as Float32Array, { k: 1 })[0]?.key).toBe(0)
    wasm.dispose()
  })

  it('is the same in WebAssembly, where native usearch saved it', async () => {
    // The addon itself, without this project's guards around it.
    const native = new Index({
      dimensions,
      metric: metric as MetricKind,
      quantization: scalar as ScalarKind,
      connectivity: 12,
      expansion_add: 64,
      expansion_search: 128,
      multi: false,
    })
    native.add(BigUint64Array.from(vectors.keys(), BigInt), Float32Array.from(vectors.flatMap((vector) => [...vector])))
    for (let key = 0n; key < vectors.length; key += 3n) native.remove(key)
    const file = path.join(folder, `${metric}-${scalar}.usearch`)
    native.save(file)
    const wasm = await loadUsearchIndex(await readFile(file), options)
    expect(wasm.size).toBe(native.size())
    expect(wasm.connectivity).toBe(12)
    expect(wasm.removed).toBe(Math.ceil(vectors.length / 3))
    const found = queries.map((query) => {
      const { keys, distances } = native.search(query, 10, 1)
      return Array.from(distances, (distance, i) => ({ key: Number(keys[i]), distance }))
    })
    const { alike, apart } = compare(search(wasm), found)
    expect(alike).toBeGreaterThan(expected.alike)
    expect(apart).toBeLessThan(expected.apart)
    wasm.add(0, vectors[0] as Float32Array)
    expect(wasm.search(vectors[0] as Float32Array, { k: 1 })[0]?.key).toBe(0)
    await wasm.compact()
    expect(wasm.search(vectors[0] as Float32Array, { k: 1 })[0]?.key).toBe(0)
    wasm.dispose()
  })
})

describe('the native index', () => {
  const vector = fc
    .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
    .filter((values) => Math.hypot(...values) > 0.2)

  it('answers as a scan of all vectors would, whatever was added, removed, saved and loaded', async () => {
    const operation = fc.record({ kind: fc.constantFrom('add', 'add', 'remove', 'reload'), key: fc.nat(30), vector })
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 60 }), vector, async (operations, query) => {
        let index = await createNativeUsearchIndex({ dimensions: 4 })
        const held = new Map<number, number[]>()
        for (const step of operations) {
          if (step.kind === 'reload') index = await loadNativeUsearchIndex(await index.save(), { dimensions: 4 })
          else if (index.remove(step.key) !== held.delete(step.key)) throw new Error('wrong word about a key')
          if (step.kind !== 'add') continue
          index.add(step.key, step.vector)
          held.set(step.key, step.vector)
        }
        const hits = index.search(query, { k: 100 })
        expect(index.size).toBe(held.size)
        expect(hits.map(({ key }) => key).sort((a, b) => a - b)).toEqual([...held.keys()].sort((a, b) => a - b))
        const wrong = hits.filter(
          ({ key, distance }) => !(Math.abs(distance - 1 + cosine(query, held.get(key) as number[])) < 1e-5),
        )
        expect(wrong).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('refuses what would crash the addon or make it answer wrongly', async () => {
    const index = await createNativeUsearchIndex({ dimensions: 4 })
    // The addon would read from the buffer's beginning.
    index.add(1, Float32Array.of(9, 9, 9, 9, 1, 0, 0, 0).subarray(4))
    expect(index.search([1, 0, 0, 0], { k: 1e9 })).toEqual([{ key: 1, distance: 0 }])
    const calls: [UsearchErrorCode, () => unknown][] = [
      ['key_exists', () => index.add(1, [0, 1, 0, 0])],
      ['key_exists', () => index.addMany([2, 2], new Float32Array(8).fill(1))],
      ['key_exists', () => index.addMany([2, 1], new Float32Array(8).fill(1))],
      ['invalid_vector', () => index.add(2, [Number.NaN, 1, 0, 0])],
      ['invalid_vector', () => index.add(2, [0, 0, 0, 0])],
      ['invalid_vector', () => index.add(2, new Float32Array(8).fill(1))],
      ['invalid_vector', () => index.search([Number.NaN, 1, 0, 0], { k: 1 })],
      ['invalid_vector', () => index.search(new Float32Array(8).fill(1), { k: 1 })],
      ['invalid_argument', () => index.search([1, 0, 0, 0], { k: Number.NaN })],
      ['invalid_argument', () => index.add(2 ** 64 - 1, [1, 0, 0, 0])],
      ['invalid_argument', () => index.remove(-1)],
      ['not_supported', () => index.search([1, 0, 0, 0], { k: 1, exact: true })],
      ['not_supported', () => index.search([1, 0, 0, 0], { k: 1, allow: [1] })],
      ['not_supported', () => index.search([1, 0, 0, 0], { k: 1, expansion: 7 })],
    ]
    for (const [code, call] of calls) expect(await codeOf(call)).toBe(code)
    expect(index.size).toBe(1)
    index.dispose()
    for (const call of [() => index.size, () => index.save(), () => index.contains(1)]) {
      expect(await codeOf(call)).toBe('disposed')
    }
  })

  it('never gives the addon a file that could crash it, and leaves no files behind', async () => {
    const own = await mkdtemp(path.join(folder, 'temporary-'))
    vi.stubEnv('TMPDIR', own)
    const options = { dimensions: 4, connectivity: 4 }
    const index = await createNativeUsearchIndex(options)
    const some = seededVectors(100, 4, 3)
    index.addMany([...some.keys()], some)
    const saved = await index.save()
    let refused = 0
    await fc.assert(
      fc.asyncProperty(fc.noBias(fc.nat(saved.byteLength - 1)), fc.nat(7), fc.boolean(), async (at, bit, cut) => {
        const changed = saved.slice(0, cut ? at : saved.byteLength)
        if (!cut) changed[at] = (changed[at] as number) ^ (1 << bit)
        try {
          const copy = await loadNativeUsearchIndex(changed, options)
          for (const query of some.slice(0, 5)) copy.search(query, { k: 5 })
        } catch (error) {
          if (!['file_corrupt', 'file_mismatch'].includes((error as { code: string }).code)) throw error
          refused++
        }
      }),
      { numRuns: 400 },
    )
    expect(refused).toBeGreaterThan(200)
    expect(await readdir(own)).toEqual([])
    vi.unstubAllEnvs()
  })
})
