import type { SearchMode } from '../face.ts'
import type { KeySet } from './key-set.ts'

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
  /** FAST may miss a hit of very many vectors, ACCURATE is exact. */
  readonly mode: SearchMode
  /** Only these keys; as many hits as wanted are found wherever as many keys are. @default every key */
  readonly among?: KeySet | undefined
}

/** How far work in the background is. */
export interface IndexProgress {
  /** `spread`: learning how the vectors are spread. `graph`: building the graph. */
  readonly task: 'spread' | 'graph'
  /** 0 to 1. */
  readonly share: number
}

/**
 * Unit vectors by key, searched by cosine: the port between the gallery and a way of searching. Nothing but keys, vectors
 * and similarities crosses it.
 */
export interface VectorIndex {
  readonly dimensions: number
  /** How many vectors it holds. */
  readonly size: number
  /** What it has taken of the system's memory. */
  readonly memoryBytes: number
  /**
   * Makes room for so many more vectors, so that adding them cannot fail for want of it.
   * @throws VisavisError `gallery_full`: nothing changed
   */
  reserve(more: number): void
  /**
   * Keeps a copy of a unit vector under a key that is not in use, a whole number from 0 to 2^26 - 1, best without large
   * gaps.
   * @throws VisavisError `dimension_mismatch`, `gallery_full`: nothing changed
   */
  add(key: number, vector: Float32Array): void
  /** Forgets a vector: no search finds it again, and its bytes are blanked as soon as they can be. Whether there was one. */
  remove(key: number): boolean
  /**
   * Resolves when nothing of what was removed is left in what the index keeps outside of memory.
   * @throws VisavisError `store_unavailable`
   */
  finishErasing(): Promise<void>
  /** A copy of a vector. */
  get(key: number): Float32Array | undefined
  keys(): Iterable<number>
  /** The most similar vectors, best first; equal ones in the order of their keys. */
  search(probe: Float32Array, query: IndexQuery): Hit[] | Promise<Hit[]>
  /**
   * Resolves when FAST is as fast as it gets for what the index holds. The work for it starts by itself, in small slices
   * between other work, and searches are answered all the while.
   */
  settled(): Promise<void>
  /** Stops what runs in the background, and frees the memory; nothing else may be called after it. */
  dispose(): void
}
