import { allowedKeys } from './allowed-keys.ts'
import {
  checkExpansion,
  checkInteger,
  checkKey,
  checkOptions,
  checkVector,
  checkVectors,
  invalid,
  type Settings,
} from './arguments.ts'
import { Compaction, type CompactOptions } from './compaction.ts'
import type { Engine } from './engine.ts'
import { engineStarter, type StartEngine, type WasmIndexOptions } from './engine-starter.ts'
import type { AnnIndex, Metric, Scalar, UsearchHit, UsearchSearchOptions } from './ann-index.ts'
import { UsearchError } from './usearch-error.ts'

const mostCount = 0xffff_fffe
const chunkBytes = 4 * 2 ** 20

/** @throws UsearchError `invalid_argument`, `load_failed`, `out_of_memory` */
export async function createUsearchIndex(options: WasmIndexOptions): Promise<UsearchIndex> {
  const settings = checkOptions(options)
  const start = await engineStarter(options)
  return new UsearchIndex(settings, await start(settings), start)
}

/**
 * usearch's graph of vectors (HNSW) in a WebAssembly memory of its own. Calls that add or search keep the thread busy
 * until they are done; `compact` does not.
 */
export class UsearchIndex implements AnnIndex {
  readonly dimensions: number
  readonly metric: Metric
  readonly scalar: Scalar
  /** Neighbors of a node. */
  readonly connectivity: number
  readonly #settings: Settings
  readonly #start: StartEngine
  #engine: Engine
  #compaction: Compaction | undefined
  #changes = 0

  /** Not for callers: see {@link createUsearchIndex} and `loadUsearchIndex`. */
  constructor(settings: Settings, engine: Engine, start: StartEngine) {
    this.dimensions = settings.dimensions
    this.metric = settings.metric
    this.scalar = settings.scalar
    this.connectivity = settings.connectivity
    this.#settings = settings
    this.#engine = engine
    this.#start = start
  }

  get size(): number {
    return this.#engine.size
  }

  /** How many vectors it could hold before its tables grow. */
  get capacity(): number {
    return this.#engine.capacity
  }

  /**
   * Vectors that were removed and still lead through the graph. Adding takes their places; many of them slow searches
   * down, and `compact` clears them.
   */
  get removed(): number {
    return this.#engine.slots - this.#engine.size
  }

  /** What the index has taken of the system's memory. It falls by `compact` and `dispose` only. */
  get memoryBytes(): number {
    return this.#engine.memoryBytes
  }

  /** Makes room for `count` vectors in all. @throws UsearchError `out_of_memory` */
  reserve(count: number): void {
    checkInteger('count', count, 0, mostCount)
    this.#engine.reserve(count)
  }

  add(key: number, vector: ArrayLike<number>): void {
    checkKey(key)
    checkVector(vector, this.dimensions)
    this.#engine.add(key, vector)
    this.#changed(key)
  }

  addMany(keys: ArrayLike<number>, vectors: Float32Array | readonly ArrayLike<number>[]): void {
    const vectorOf = checkVectors(keys, vectors, this.dimensions)
    for (let i = 0; i < keys.length; i++) {
      if (this.#engine.contains(keys[i] as number)) {
        throw new UsearchError('key_exists', 'A key is in use already; remove it first.')
      }
      this.#engine.check(vectorOf(i))
    }
    this.#engine.reserve(this.#engine.size + keys.length)
    let added = 0
    try {
      for (; added < keys.length; added++) this.add(keys[added] as number, vectorOf(added))
    } catch (error) {
      for (let i = 0; i < added; i++) this.remove(keys[i] as number)
      throw error
    }
  }

  /**
   * The vector is never found again, but stays in memory, and in what is saved, until its place is taken by another or
   * the index is compacted.
   */
  remove(key: number): boolean {
    checkKey(key)
    const removed = this.#engine.remove(key)
    if (removed) this.#changed(key)
    return removed
  }

  contains(key: number): boolean {
    checkKey(key)
    return this.#engine.contains(key)
  }

  /** A copy of the vector: as it was added, or with the scalar `i8` its direction, of length one. */
  get(key: number): Float32Array | undefined {
    checkKey(key)
    return this.#engine.get(key)
  }

  /** All keys, in no order. */
  keys(): Float64Array {
    return this.#engine.keys()
  }

  /** @throws UsearchError `invalid_argument`, `invalid_vector` */
  search(vector: ArrayLike<number>, options: UsearchSearchOptions): UsearchHit[] {
    if (typeof options !== 'object' || options === null) throw invalid('options', 'an object with k')
    const { k, expansion = this.#settings.expansion, exact = false, allow } = options
    checkVector(vector, this.dimensions)
    checkInteger('k', k, 1, Number.MAX_SAFE_INTEGER)
    checkExpansion(expansion)
    if (typeof exact !== 'boolean') throw invalid('exact', 'true or false')
    if (allow !== undefined) this.#engine.setFilter(allowedKeys(allow, () => this.#engine.keys()))
    const wanted = Math.min(k, mostCount)
    const results = this.#engine.search(vector, wanted, expansion, exact, allow !== undefined)
    const count = results.length / 2
    return Array.from({ length: count }, (_, i) => ({
      key: results[i] as number,
      distance: results[count + i] as number,
    }))
  }

  /**
   * The index as a file of usearch 2.26, for `loadUsearchIndex` and for native usearch. Changed bytes of vectors cannot
   * be told when it is loaded: keep a checksum beside it where that could happen.
   */
  save(): Uint8Array<ArrayBuffer> {
    const { savedBytes } = this.#engine
    let saved: Uint8Array<ArrayBuffer>
    try {
      saved = new Uint8Array(savedBytes)
    } catch (cause) {
      throw new UsearchError('out_of_memory', 'There is no memory left for the saved index; use saveChunks.', { cause })
    }
    let at = 0
    for (const chunk of this.saveChunks()) {
      saved.set(chunk, at)
      at += chunk.byteLength
    }
    return saved
  }

  /**
   * The bytes of `save`, one piece after the other, of up to 4 MiB each.
   * @throws UsearchError `busy` where the index was changed since the first piece was taken.
   */
  *saveChunks(): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const changes = this.#changes
    const { savedBytes } = this.#engine
    for (let at = 0; at < savedBytes; at += chunkBytes) {
      if (this.#changes !== changes) {
        throw new UsearchError('busy', 'The index was changed while it was being saved; save it again.')
      }
      const chunk = new Uint8Array(Math.min(chunkBytes, savedBytes - at))
      this.#engine.save(chunk, at)
      yield chunk
    }
  }

  /**
   * Builds the graph anew without what was removed, in slices, while the index goes on answering and changing. Takes the
   * memory of a second index until it is done, and gives back the first one's. On any failure the index is as it was.
   *
   * @throws UsearchError `busy` where it is being compacted already, `out_of_memory`, `disposed`; the signal's reason.
   */
  async compact(options: CompactOptions = {}): Promise<void> {
    options.signal?.throwIfAborted()
    if (this.#compaction !== undefined) {
      throw new UsearchError('busy', 'The index is being compacted already; wait for that to end.')
    }
    const from = this.#engine
    const compaction = new Compaction(from, options)
    // First, so that a disposed index throws at once.
    const { size } = from
    this.#compaction = compaction
    let to: Engine | undefined
    try {
      to = await this.#start(this.#settings)
      await compaction.run(to, () => {
        this.#engine = to as Engine
        this.#changes++
      })
    } catch (error) {
      if (this.#engine !== to) to?.dispose()
      throw error
    } finally {
      this.#compaction = undefined
    }
    options.onProgress?.(size, size)
  }

  dispose(): void {
    this.#engine.dispose()
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  #changed(key: number): void {
    this.#changes++
    this.#compaction?.changed(key)
  }
}
