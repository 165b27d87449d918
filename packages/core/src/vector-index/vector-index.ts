import type { SearchMode } from '../searcher.ts'

/** A template that is alike, and how much. */
export interface Hit {
  readonly key: number
  /** Cosine, -1 to 1. */
  readonly similarity: number
}

export interface IndexQuery {
  /** At most this many hits. */
  readonly limit: number
  /** No hit below this cosine. @default -1 */
  readonly leastSimilarity?: number
  /** FAST may be approximate, ACCURATE is exact. */
  readonly mode: SearchMode
  /** Only these keys. */
  readonly filter?: (key: number) => boolean
}

/**
 * Unit vectors by key, searched by cosine: the port between the gallery and a way of searching. A distributed engine
 * can stand behind it, too: nothing but keys, vectors and similarities crosses it.
 */
export interface VectorIndex {
  readonly dimensions: number
  /** How many vectors it holds. */
  readonly size: number
  /**
   * Keeps a copy of a unit vector under a key that is not in use, a whole number from 0 to 2^32 - 1.
   * @throws VisavisError `dimension_mismatch`
   */
  add(key: number, vector: Float32Array): void
  /** Forgets a vector, its bytes included. Whether there was one. */
  remove(key: number): boolean
  /** The most similar vectors, best first; equal ones in the order of their keys. */
  search(probe: Float32Array, query: IndexQuery): Hit[] | Promise<Hit[]>
  /** Frees the memory; nothing else may be called after it. */
  dispose(): void
}
