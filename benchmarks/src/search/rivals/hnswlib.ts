import { faceAt } from '../faces.ts'
import { graphShape } from '../graph-shape.ts'
import type { Rival } from './rival.ts'

interface HnswIndex {
  initIndex(most: number, connectivity: number, expansionAdd: number, seed: number): void
  addPoint(vector: Float32Array, label: number, replaceDeleted: boolean): void
  setEfSearch(expansion: number): void
  searchKnn(vector: Float32Array, k: number, filter: undefined): { neighbors: number[] }
  delete(): void
}

interface Hnswlib {
  HierarchicalNSW: new (space: string, dimensions: number, autoSaveFile: string) => HnswIndex
}

const seed = 1

/** hnswlib in WebAssembly, of the shape that our graph has; built for pages, so in Node it is told it is in one. */
export const hnswlib: Rival = {
  name: 'hnswlib-wasm',
  async create(faces) {
    const { HierarchicalNSW } = await load()
    const index = new HierarchicalNSW('ip', faces.dimensions, '')
    index.initIndex(faces.count, graphShape.connectivity, graphShape.expansionAdd, seed)
    for (let key = 0; key < faces.count; key++) index.addPoint(faceAt(faces, key), key, false)
    index.setEfSearch(graphShape.expansion)
    return {
      search: (query) => index.searchKnn(query, 10, undefined).neighbors[0] ?? -1,
      dispose: () => index.delete(),
    }
  },
}

async function load(): Promise<Hnswlib> {
  const scope = globalThis as { window?: unknown }
  const isPage = scope.window !== undefined
  scope.window ??= globalThis
  try {
    // Its entry would open IndexedDB, which only saving needs.
    // @ts-expect-error This file of the package has no types.
    const { default: create } = (await import('hnswlib-wasm/lib/hnswlib.mjs')) as { default: () => Promise<Hnswlib> }
    return await create()
  } finally {
    if (!isPage) delete scope.window
  }
}
