/** `cos`: 1 - cosine, for vectors of any length. `ip`: 1 - inner product. */
export type Metric = 'cos' | 'ip'

/** How values are kept: as float32, or as a direction in 8 bits a value, which only `cos` can do. */
export type Scalar = 'f32' | 'i8'

export interface UsearchIndexOptions {
  /** Values a vector, 1 to 65,536. */
  dimensions: number
  /** @default 'cos' */
  metric?: Metric
  /** @default 'f32' */
  scalar?: Scalar
  /** Neighbors of a node, 2 to 256, and twice as many at the base level. HNSW's M. @default 16 */
  connectivity?: number
  /** Candidates looked at when adding, 1 to 4,096: more build a better graph more slowly. @default 128 */
  expansionAdd?: number
  /** Candidates looked at when searching, 1 to 65,536: more find more surely and more slowly. @default 64 */
  expansion?: number
}

export interface UsearchHit {
  readonly key: number
  /** 1 - cosine, or 1 - inner product. */
  readonly distance: number
}

/** Bit `key % 32` of word `key / 32`, or 8 with bytes, says whether a key is allowed; what is behind the end is not. */
interface KeyBitmap {
  readonly bits: Uint32Array | Uint8Array
}

/** The keys that may be found: a list, a bitmap, or a function that is asked about every key once a search. */
export type Allow = Iterable<number> | KeyBitmap | ((key: number) => boolean)

export interface UsearchSearchOptions {
  /** At most so many hits, from 1. */
  k: number
  /** Candidates looked at, 1 to 65,536. @default that of the index */
  expansion?: number
  /** Look at every vector. @default false */
  exact?: boolean
  /** Only these keys. As many hits as wanted are found wherever as many are allowed. @default all */
  allow?: Allow
}

/** What the WebAssembly index and the native addon can both do. Keys are whole numbers from 0 to 2^53 - 1. */
export interface AnnIndex {
  readonly dimensions: number
  readonly metric: Metric
  readonly scalar: Scalar
  /** How many vectors it holds. */
  readonly size: number
  /** @throws UsearchError `key_exists`, `invalid_vector`, `out_of_memory`; the index is then as it was. */
  add(key: number, vector: ArrayLike<number>): void
  /**
   * Adds all or none.
   * @param vectors One after the other in one array, or a list of them.
   * @throws UsearchError as {@link AnnIndex.add}
   */
  addMany(keys: ArrayLike<number>, vectors: Float32Array | readonly ArrayLike<number>[]): void
  /** Whether there was one. */
  remove(key: number): boolean
  contains(key: number): boolean
  /** The nearest first, equally near ones in the order of their keys. */
  search(vector: ArrayLike<number>, options: UsearchSearchOptions): UsearchHit[]
  /** The index as a file of usearch 2. It has no checksum: keep one beside it where it could be changed. */
  save(): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>
  /** Frees the memory; any call after it throws `disposed`. */
  dispose(): void
  [Symbol.dispose](): void
}
