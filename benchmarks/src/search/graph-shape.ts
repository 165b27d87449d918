/** The graph that core builds (HNSW's M, ef_construction and ef), and rivals with it. */
export const graphShape = { connectivity: 32, expansionAdd: 256, expansion: 256 } as const

/** Why there is none. */
export const needsGraphSize = 'building the graph takes minutes; --graph-sizes names the sizes it is built for'
