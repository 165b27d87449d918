export type { GraphEngine, RestoredGraph } from './vector-index/graph/graph-engine.ts'
export { graphIndex } from './vector-index/graph/usearch-graph.ts'
