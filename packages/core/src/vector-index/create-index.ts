import { GraphedIndex } from './graph-index.ts'
import type { IndexOptions } from './index-options.ts'
import { createPackedIndex } from './packed-index.ts'
import type { VectorIndex } from './vector-index.ts'

/**
 * An empty index: packed vectors, with a graph before them where one is asked for.
 *
 * @throws VisavisError `model_load_failed`, `gallery_full`
 */
export async function createIndex(options: IndexOptions): Promise<VectorIndex> {
  const packed = await createPackedIndex(options)
  return options.graph === undefined ? packed : new GraphedIndex(packed, options.graph, options)
}
