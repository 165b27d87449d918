import { instantiate, loadUsearch, type Instance, type ModuleSource } from './module.ts'
import { learnBasis, type Basis } from './learn-basis.ts'
import { UsearchError } from './usearch-error.ts'

export interface PackedVectorsOptions {
  /** Length of a vector, 1 to 4096. */
  dimensions: number
  /** The WebAssembly module. @default the file that comes with the package, see `loadUsearch` */
  module?: ModuleSource
  /** The most memory that the vectors may take, 1 MiB to 4 GiB. @default 4 GiB */
  maximumBytes?: number
}

export interface PackedQuery {
  /** At most this many hits, 1 to {@link mostPackedHits}. */
  limit: number
  /** No hit below this similarity. @default -1 */
  least?: number
  /** Only these keys: bit `key % 32` of word `key / 32` is 1. */
  allowed?: Uint32Array
  /**
   * The share of the vectors, over 0 to 1, that are compared after a look at their sketch: the likeliest ones. 1 compares
   * all: exact. Less needs {@link PackedVectors.learned}, without which all are compared.
   * @default 1
   */
  share?: number
}

/** Keys and similarities of as many hits, best first; equal ones in the order of their keys. */
export interface PackedHits {
  readonly keys: Uint32Array
  readonly similarities: Float32Array
}

/** The most hits that a search gives. */
export const mostPackedHits = 4096
/** Keys are below this: a table of rows is kept up to the largest. */
const mostKeys = 2 ** 26
/** Vectors that tell how the others are spread. */
const learnFrom = 4096
/** Sketches that tell how alike the likeliest are. */
const sketchSamples = 4096

interface Exports {
  packed_create(dimensions: number, sketched: number, mostHits: number): number
  packed_input(): number
  packed_hits(): number
  packed_count(): number
  packed_reserve(rows: number): number
  packed_add(key: number): number
  packed_remove(row: number): number
  packed_key(row: number): number
  packed_read(row: number): void
  packed_search(
    limit: number,
    least: number,
    allowed: number,
    allowedWords: number,
    share: number,
    samples: number,
    sampleCount: number,
  ): number
  packed_search_rows(limit: number, least: number, rows: number, count: number): number
  packed_touch(): number
  packed_allocate(bytes: number): number
  packed_free(address: number): void
  packed_new_basis(): number
  packed_basis(): number
  packed_mean(): number
  packed_spread(): number
  packed_convert(rows: number): number
}

/**
 * Unit vectors in a quarter of the memory that scans of float32 would have to read, searched by their dot product.
 *
 * @throws UsearchError `invalid_argument`, `load_failed`, `out_of_memory`
 */
export async function createPackedVectors(options: PackedVectorsOptions): Promise<PackedVectors> {
  const { dimensions, module, maximumBytes } = options
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > 4096) {
    throw new UsearchError('invalid_argument', 'dimensions must be a whole number from 1 to 4096.')
  }
  const instance = await instantiate<Exports>(
    await loadUsearch(module),
    maximumBytes === undefined ? {} : { maximumBytes },
  )
  return new PackedVectors(dimensions, instance)
}

/**
 * Each vector is kept as 24-bit fixed-point numbers with a scale of its own, the upper byte apart from the lower two. A
 * search reads all upper bytes and, of those vectors alone that could be among the best by what the lower ones may add,
 * these too: its answer is that of an exact scan in float32.
 *
 * Once it has learned how the vectors are spread (a mean and the directions in which they differ most), a sketch of four
 * bits for each of the leading directions is kept as well, and a search may look at sketches first.
 */
export class PackedVectors implements Disposable {
  readonly dimensions: number
  readonly #wasm: Exports
  readonly #memory: WebAssembly.Memory
  readonly #sketched: number
  readonly #samples: number
  /** By key: the row and 1, or 0 where there is none. */
  #rowOf: Uint32Array = new Uint32Array(1024)
  /** Room for a list of rows or of bits, in the module's memory. */
  #list: { address: number; words: number } = { address: 0, words: 0 }
  #learnedFrom = 0
  #converting = false
  #disposed = false

  constructor(dimensions: number, { exports, memory }: Instance<Exports>) {
    this.dimensions = dimensions
    this.#wasm = exports
    this.#memory = memory
    // Half of the dimensions, in which most of the difference lies; few vectors need more than 128.
    this.#sketched = Math.min(128, Math.floor(dimensions / 64) * 32)
    if (exports.packed_create(dimensions, this.#sketched, mostPackedHits) === 0) throw outOfMemory()
    this.#samples = this.#allocate(sketchSamples)
  }

  get size(): number {
    return this.#disposed ? 0 : this.#wasm.packed_count()
  }

  /** All that is kept for the vectors, tables included. */
  get memoryBytes(): number {
    return this.#disposed ? 0 : this.#memory.buffer.byteLength + this.#rowOf.byteLength
  }

  /** Whether sketches can be used; how many vectors there were when their spread was learned. */
  get learned(): { from: number } | undefined {
    return this.#learnedFrom > 0 && !this.#converting ? { from: this.#learnedFrom } : undefined
  }

  has(key: number): boolean {
    return this.#row(key) !== undefined
  }

  /** Makes room for so many more vectors. @throws UsearchError `out_of_memory`: nothing changed */
  reserve(more: number): void {
    this.#check()
    if (!Number.isInteger(more) || more < 0) throw new UsearchError('invalid_argument', 'more must be a whole number.')
    if (this.#wasm.packed_reserve(this.size + more) === 0) throw outOfMemory()
  }

  /**
   * Keeps a unit vector of finite numbers under a key that is not in use: a whole number from 0 to 2^26 - 1, best
   * without large gaps.
   * @throws UsearchError `invalid_argument`, `invalid_vector`, `key_exists`, `out_of_memory`: nothing changed
   */
  add(key: number, vector: Float32Array): void {
    this.#check()
    if (!Number.isInteger(key) || key < 0 || key >= mostKeys) {
      throw new UsearchError('invalid_argument', `A key must be a whole number from 0 to ${mostKeys - 1}.`)
    }
    if (this.has(key)) throw new UsearchError('key_exists', 'This key is in use; remove its vector first.')
    this.#put(vector)
    this.#growKeys(key)
    if (this.#wasm.packed_add(key) === 0) throw outOfMemory()
    this.#rowOf[key] = this.size
  }

  /** Forgets a vector, its bytes included. Whether there was one. */
  remove(key: number): boolean {
    this.#check()
    const row = this.#row(key)
    if (row === undefined) return false
    const last = this.size - 1
    const keyOfLast = this.#wasm.packed_key(last)
    const hole = this.#wasm.packed_remove(row)
    // A row from between fills the place of the removed one, and the last row the place of that.
    if (hole < this.size) this.#rowOf[keyOfLast] = hole + 1
    if (hole !== row) this.#rowOf[this.#wasm.packed_key(row)] = row + 1
    this.#rowOf[key] = 0
    return true
  }

  /** The vector as it is kept: as exact as float32 for all that similarities are concerned. */
  get(key: number): Float32Array | undefined {
    this.#check()
    const row = this.#row(key)
    if (row === undefined) return undefined
    return this.#read(row)
  }

  *keys(): Generator<number> {
    for (let row = 0; row < this.size; row++) yield this.#wasm.packed_key(row)
  }

  /** The vectors with the largest dot products. @throws UsearchError `invalid_argument`, `invalid_vector` */
  search(probe: Float32Array, { limit, least = -1, allowed, share = 1 }: PackedQuery): PackedHits {
    this.#check()
    checkQuery(limit, least)
    if (!(share > 0 && share <= 1)) throw new UsearchError('invalid_argument', 'share must be a number over 0, to 1.')
    const words = allowed?.length ?? 0
    if (allowed !== undefined) this.#writeList(allowed)
    this.#put(probe)
    const found = this.#wasm.packed_search(
      limit,
      least,
      allowed === undefined ? 0 : this.#list.address,
      words,
      this.learned === undefined ? 1 : share,
      this.#samples,
      sketchSamples,
    )
    return this.#hits(found)
  }

  /** As an exact search, but only among these keys; those that are not there count for nothing. */
  searchAmong(probe: Float32Array, keys: Iterable<number>, { limit, least = -1 }: PackedQuery): PackedHits {
    this.#check()
    checkQuery(limit, least)
    const rows: number[] = []
    for (const key of keys) {
      const row = this.#row(key)
      if (row !== undefined) rows.push(row)
    }
    this.#writeList(rows)
    this.#put(probe)
    return this.#hits(this.#wasm.packed_search_rows(limit, least, this.#list.address, rows.length))
  }

  /**
   * Learns how the vectors are spread, and turns them to it; the generator yields after each small step what share is
   * done, 0 to 1, and all that is in between may be called: searches, additions, removals. Ended early it leaves a state
   * that answers as before.
   * @throws UsearchError `out_of_memory`
   */
  *learn(): Generator<number> {
    this.#check()
    if (this.#converting) yield* this.#convert(0)
    const from = this.size
    if (from === 0) return
    const basis = yield* this.#learnBasis(from)
    this.#check()
    const { dimensions } = this
    if (this.#wasm.packed_new_basis() === 0) throw outOfMemory()
    this.#floats(this.#wasm.packed_basis(), dimensions * dimensions).set(basis.directions)
    this.#floats(this.#wasm.packed_mean(), dimensions).set(basis.mean)
    this.#floats(this.#wasm.packed_spread(), dimensions).set(basis.spread)
    this.#learnedFrom = from
    this.#converting = true
    yield* this.#convert(0.2)
  }

  /** Reads the upper bytes of all vectors and does nothing with them: what a scan would take if it cost nothing else. */
  readThrough(): void {
    this.#check()
    this.#wasm.packed_touch()
  }

  /** Blanks and frees the memory. */
  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    new Uint8Array(this.#memory.buffer).fill(0)
    this.#rowOf = new Uint32Array(0)
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  *#learnBasis(from: number): Generator<number, Basis> {
    const samples: Float32Array[] = []
    const step = Math.max(1, from / learnFrom)
    // By keys, since rows move while others are removed.
    for (let at = 0; at < from; at += step) {
      if (Math.floor(at) < this.size) samples.push(this.#read(Math.floor(at)))
      if (samples.length % 64 === 0) yield 0
      this.#check()
    }
    const steps = learnBasis(samples, Math.max(1, this.#sketched))
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
      yield 0.2 * value
      this.#check()
    }
  }

  *#convert(before: number): Generator<number> {
    for (;;) {
      const left = this.#wasm.packed_convert(64)
      if (left === 0) break
      yield before + (1 - before) * (1 - left / this.size)
      this.#check()
    }
    this.#converting = false
    yield 1
  }

  #row(key: number): number | undefined {
    const row = this.#rowOf[key]
    return row === undefined || row === 0 ? undefined : row - 1
  }

  #growKeys(key: number): void {
    if (key < this.#rowOf.length) return
    const larger = new Uint32Array(Math.min(mostKeys, Math.max(key + 1, Math.ceil(this.#rowOf.length * 1.5))))
    larger.set(this.#rowOf)
    this.#rowOf = larger
  }

  #read(row: number): Float32Array {
    this.#wasm.packed_read(row)
    return this.#floats(this.#wasm.packed_input(), this.dimensions).slice()
  }

  #put(vector: Float32Array): void {
    if (vector.length !== this.dimensions) {
      throw new UsearchError(
        'invalid_vector',
        `A vector of ${vector.length} values was given where ${this.dimensions} were expected.`,
      )
    }
    for (let i = 0; i < vector.length; i++) {
      if (!Number.isFinite(vector[i])) {
        throw new UsearchError('invalid_vector', 'A vector has a value that is no finite number.')
      }
    }
    this.#floats(this.#wasm.packed_input(), this.dimensions).set(vector)
  }

  #writeList(values: ArrayLike<number>): void {
    if (values.length > this.#list.words) {
      if (this.#list.address !== 0) this.#wasm.packed_free(this.#list.address)
      this.#list = { address: 0, words: 0 }
      const words = Math.ceil(values.length * 1.25)
      this.#list = { address: this.#allocate(words), words }
    }
    new Uint32Array(this.#memory.buffer, this.#list.address, values.length).set(values)
  }

  #hits(count: number): PackedHits {
    const { buffer } = this.#memory
    const address = this.#wasm.packed_hits()
    const similarities = new Float32Array(buffer, address, 2 * count)
    const keys = new Uint32Array(buffer, address, 2 * count)
    return {
      keys: Uint32Array.from({ length: count }, (_, i) => keys[2 * i + 1] as number),
      similarities: Float32Array.from({ length: count }, (_, i) => similarities[2 * i] as number),
    }
  }

  /** Of so many words of four bytes. */
  #allocate(words: number): number {
    const address = this.#wasm.packed_allocate(4 * words)
    if (address === 0) throw outOfMemory()
    return address
  }

  #floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, address, length)
  }

  #check(): void {
    if (this.#disposed) throw new UsearchError('disposed', 'These vectors were disposed; make new ones.')
  }
}

function checkQuery(limit: number, least: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > mostPackedHits) {
    throw new UsearchError('invalid_argument', `limit must be a whole number from 1 to ${mostPackedHits}.`)
  }
  if (!Number.isFinite(least)) throw new UsearchError('invalid_argument', 'least must be a finite number.')
}

function outOfMemory(): UsearchError {
  return new UsearchError(
    'out_of_memory',
    'There is no memory left for more vectors; remove some, or allow more by maximumBytes.',
  )
}
