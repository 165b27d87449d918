import { nativeGraph } from '#native-graph'
import { createUsearchIndex, loadUsearch, loadUsearchIndex, usearchVersion } from '@visavis/usearch-wasm'
import type { IndexFactory } from '../index-options.ts'
import { createPackedIndex, translated } from '../packed-index.ts'
import type { GraphEngine } from './graph-engine.ts'
import { GraphIndex } from './graph-index.ts'

/** Packed vectors with a graph before them, for an engine of the app's own. */
export function graphIndex(engine: GraphEngine): IndexFactory {
  return async (request) => {
    const { snapshot: _, ...withoutSnapshot } = request
    return new GraphIndex(await createPackedIndex(withoutSnapshot), engine, request)
  }
}

/** usearch's graph in WebAssembly; in Node, in pages and in workers. */
export const usearchIndex: IndexFactory = async ({ wasm, ...request }) => {
  // Once for both: a response can be read only once.
  const module = await translated(() => loadUsearch(wasm))
  const { maximumBytes } = request
  const more = { module, ...(maximumBytes === undefined ? {} : { maximumBytes }) }
  const engine: GraphEngine = {
    create: (options) => createUsearchIndex({ ...options, ...more }),
    load: (saved, options) => loadUsearchIndex(saved, { ...options, ...more }),
    version: usearchVersion,
  }
  return graphIndex(engine)({ ...request, wasm: module })
}

/** The same graph by the npm package `usearch`, in Node. It keeps no snapshot. */
export const nativeUsearchIndex: IndexFactory = async (request) => {
  const engine = await translated(() => nativeGraph(request.dimensions))
  return graphIndex(engine)(request)
}
