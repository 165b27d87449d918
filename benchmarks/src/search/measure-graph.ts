import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { graphIndex } from '@visavis/core/graph'
import { createUsearchIndex, type UsearchIndex } from '@visavis/usearch-wasm'
import { Index, MetricKind, ScalarKind } from 'usearch'
// Of the index by itself there is no public form.
import { createIndex } from '../../../packages/core/src/vector-index/create-index.ts'
import type { VectorIndex } from '../../../packages/core/src/vector-index/vector-index.ts'
import { median, quantile, quartiles } from '../statistics.ts'
import { emptyResult, type SuiteResult } from '../suite.ts'
import { faceAt, makeFaces, type Faces } from './faces.ts'
import { graphShape } from './graph-shape.ts'
import { limit, type SizeRequest } from './measure-size.ts'
import { timeInTurns, type Contender } from './timing.ts'
import { meanRecall, searchExactly } from './truth.ts'

const { expansion, expansionAdd } = graphShape

/**
 * Measures usearch's graph as core uses it (HNSW of bytes, its hits compared exactly), and the graph alone in WebAssembly
 * beside the native addon, which opens the same file.
 */
export async function measureGraph({ prefix, count, dimensions, queries, timing }: SizeRequest): Promise<SuiteResult> {
  const result = emptyResult()
  const { metrics, spread } = result
  const faces = makeFaces({ count, dimensions, queries, cone: false })
  const started = performance.now()
  const { index, graph } = await buildGraph(faces)
  metrics[`${prefix}.graph.build_s`] = (performance.now() - started) / 1000
  metrics[`${prefix}.graph.bytes_per_face`] = index.memoryBytes / count
  const native = await openNatively(graph)
  const contenders: Contender[] = [
    { name: 'graph', search: (query) => index.search(query, { mode: 'FAST', limit }) },
    { name: 'wasm', search: (query) => graph.search(query, { k: limit, expansion }) },
    { name: 'native', search: (query) => native.search(query, limit, 1) },
  ]
  const best = searchExactly(faces, limit)
  const answers = await Promise.all(faces.queries.map((query) => index.search(query, { mode: 'FAST', limit })))
  for (const depth of [1, limit]) {
    const keys = answers.map((hits) => hits.map(({ key }) => key))
    metrics[`${prefix}.graph.recall${depth}`] = meanRecall(faces, best, keys, depth)
  }
  expectAlike(faces, graph, native)
  const samples = await timeInTurns(contenders, faces.queries, timing)
  const times = samples.get('graph') ?? []
  metrics[`${prefix}.graph.p50_ms`] = median(times)
  metrics[`${prefix}.graph.p99_ms`] = quantile(times, 0.99)
  spread[`${prefix}.graph.p50_ms`] = quartiles(times)
  metrics[`${prefix}.graph_over_native`] = median(samples.get('wasm') ?? []) / median(samples.get('native') ?? [])
  index.dispose()
  return result
}

async function buildGraph(faces: Faces): Promise<{ index: VectorIndex; graph: UsearchIndex }> {
  const graphs: UsearchIndex[] = []
  const kind = graphIndex({
    create: async (options) => {
      const graph = await createUsearchIndex(options)
      graphs.push(graph)
      return graph
    },
  })
  const index = await createIndex(kind, { model: 'synthetic', dimensions: faces.dimensions })
  index.reserve(faces.count)
  for (let key = 0; key < faces.count; key++) index.add(key, faceAt(faces, key))
  await index.settled()
  const [graph] = graphs
  if (graph?.size !== faces.count) throw new Error('The graph does not hold all vectors.')
  return { index, graph }
}

async function openNatively(graph: UsearchIndex): Promise<Index> {
  const folder = await mkdtemp(path.join(tmpdir(), 'visavis-graph-'))
  try {
    const file = path.join(folder, 'graph.usearch')
    await writeFile(file, graph.saveChunks())
    const native = new Index({
      dimensions: graph.dimensions,
      metric: MetricKind.Cos,
      quantization: ScalarKind.I8,
      connectivity: graph.connectivity,
      expansion_add: expansionAdd,
      expansion_search: expansion,
      multi: false,
    })
    native.load(file)
    return native
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Both go through the same graph; the addon rounds what it searches for to bytes of its own, more coarsely. */
function expectAlike({ queries }: Faces, graph: UsearchIndex, native: Index): void {
  let alike = 0
  for (const query of queries) {
    const keys = new Set(native.search(query, limit, 1).keys)
    alike += graph.search(query, { k: limit, expansion }).filter(({ key }) => keys.has(BigInt(key))).length
  }
  if (alike < queries.length * limit * 0.8)
    throw new Error('The native addon does not find what is found in WebAssembly.')
}
