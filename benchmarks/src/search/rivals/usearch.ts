import { exactSearch, Index, MetricKind, ScalarKind } from 'usearch'
import { graphShape } from '../graph-shape.ts'
import type { Rival } from './rival.ts'

/** More than one would be no fair comparison. */
const threads = 1

/** The native addon's graph (HNSW) of float32, of the shape that ours has. */
export const usearchGraph: Rival = {
  name: 'usearch-graph',
  create({ count, dimensions, vectors }) {
    const index = new Index({
      dimensions,
      metric: MetricKind.IP,
      quantization: ScalarKind.F32,
      connectivity: graphShape.connectivity,
      expansion_add: graphShape.expansionAdd,
      expansion_search: graphShape.expansion,
      multi: false,
    })
    index.add(
      BigUint64Array.from({ length: count }, (_, key) => BigInt(key)),
      vectors,
      threads,
    )
    return Promise.resolve({ search: (query) => Number(index.search(query, 10, threads).keys[0] ?? -1) })
  },
}

/** The native addon's `exactSearch` in float32. */
export const usearchExact: Rival = {
  name: 'usearch-exact',
  create({ dimensions, vectors }) {
    return Promise.resolve({
      search: (query) => Number(exactSearch(vectors, query, dimensions, 10, MetricKind.IP, threads).keys[0] ?? -1),
    })
  },
}
