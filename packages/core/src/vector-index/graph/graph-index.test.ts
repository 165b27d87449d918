import { createUsearchIndex } from '@visavis/usearch-wasm'
import { describe, expect, it } from 'vitest'
import { createIndex } from '../create-index.ts'
import type { IndexChoice } from '../index-options.ts'
import type { VectorIndex } from '../vector-index.ts'
import type { GraphIndex } from './graph-index.ts'
import { graphIndex } from './usearch-graph.ts'

const dimensions = 64
const model = { model: 'model', dimensions }

function vectorOf(key: number): Float32Array {
  const values = Array.from({ length: dimensions }, (_, i) => Math.sin((key + 1) * (i + 1) * 12.9898) + 0.2)
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

async function firstOf(index: VectorIndex, key: number): Promise<number | undefined> {
  return (await index.search(vectorOf(key), { mode: 'FAST', limit: 1 }))[0]?.key
}

describe('an index with a graph', () => {
  it('answers while the graph is built, and without it where its memory runs out', async () => {
    const shares: number[] = []
    const kind = graphIndex({ create: (options) => createUsearchIndex({ ...options, maximumBytes: 3 * 2 ** 20 }) })
    const tuned: IndexChoice = { kind, graphFrom: 500, onProgress: ({ share }) => shares.push(share) }
    const index = await createIndex(tuned, model)
    for (let key = 0; key < 600; key++) index.add(key, vectorOf(key))
    expect(await firstOf(index, 5)).toBe(5)
    await index.settled()
    expect((index as GraphIndex).hasGraph).toBe(true)
    expect(shares.at(-1)).toBe(1)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    for (let key = 600; key < 12_000; key++) index.add(key, vectorOf(key))
    expect((index as GraphIndex).hasGraph).toBe(false)
    expect(await firstOf(index, 11_999)).toBe(11_999)
    index.dispose()
  })

  it('stops building when it is disposed', async () => {
    const index = await createIndex({ kind: 'usearch', graphFrom: 10 }, model)
    for (let key = 0; key < 2000; key++) index.add(key, vectorOf(key))
    const settled = index.settled()
    await new Promise((resolve) => setTimeout(resolve, 30))
    index.dispose()
    await settled
    expect(index.size).toBe(0)
  })

  it('is built when all that a store holds was added', async () => {
    let loaded: (() => void) | undefined
    const loading = new Promise<void>((resolve) => {
      loaded = resolve
    })
    const index = await createIndex('usearch', { ...model, loading })
    for (let key = 0; key < 50; key++) index.add(key, vectorOf(key))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect((index as GraphIndex).hasGraph).toBe(false)
    loaded?.()
    await index.settled()
    expect((index as GraphIndex).hasGraph).toBe(true)
    index.dispose()
  })
})

it.each<[string, unknown]>([
  ['a name of no index', 'hnsw'],
  ['a name of every object', 'toString'],
  ['a kind of no index', { kind: 'hnsw' }],
  ['a number', 7],
  ['nothing', null],
  ['an option of no index', { graph: {} }],
  ['a number that is none', { kind: 'usearch', graphFrom: Number.NaN }],
])('refuses %s', async (_name, choice) => {
  await expect(createIndex(choice as IndexChoice, model)).rejects.toMatchObject({ code: 'invalid_option' })
})
