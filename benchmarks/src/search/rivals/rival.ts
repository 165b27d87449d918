import type { Faces } from '../faces.ts'

export const searchRivalNames = ['human', 'face-api', 'hnswlib-wasm', 'usearch-graph', 'usearch-exact'] as const

export type SearchRivalName = (typeof searchRivalNames)[number]

/** Those that compare with one template after the other, in JavaScript. */
export const loops: readonly SearchRivalName[] = ['human', 'face-api']

/** Those that build a graph, which takes minutes for very many. */
export const graphs: readonly SearchRivalName[] = ['hnswlib-wasm', 'usearch-graph']

/** Those that run in Node only. */
export const natives: readonly SearchRivalName[] = ['usearch-graph', 'usearch-exact']

/** Another way of finding the most similar of many vectors. */
export interface Rival {
  readonly name: SearchRivalName
  /** @throws Error where it does not run here, with the reason in the first line. */
  create(faces: Faces): Promise<RivalIndex>
}

/** A rival that knows the vectors, in the form that serves it best, and the queries, too. */
export interface RivalIndex {
  /** The key of the most similar vector, or -1 for none. */
  search(query: Float32Array): number
  dispose?(): void
}
