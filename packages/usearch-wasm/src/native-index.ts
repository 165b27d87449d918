import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Index, MetricKind, ScalarKind } from 'usearch'
import {
  checkInteger,
  checkKey,
  checkOptions,
  checkVector,
  checkVectors,
  invalid,
  invalidVector,
  isGoodLength,
  type Settings,
} from './arguments.ts'
import type { AnnIndex, Metric, Scalar, UsearchHit, UsearchIndexOptions, UsearchSearchOptions } from './ann-index.ts'
import { loadAddon } from './native-addon.ts'
import { checkSavedFile } from './saved-file.ts'
import { UsearchError } from './usearch-error.ts'

/** Searching on one thread leaves the process's others to what they do. */
const threads = 1

/** @throws UsearchError `invalid_argument`, `load_failed` */
export async function createNativeUsearchIndex(options: UsearchIndexOptions): Promise<NativeUsearchIndex> {
  const settings = checkOptions(options)
  return new NativeUsearchIndex(settings, newIndex(await loadAddon(), settings))
}

/**
 * Opens what `save` saved, there or in WebAssembly. The bytes are checked first, because the addon would crash on wrong
 * ones, and then pass through a file in the system's folder for such, since the addon reads nothing else.
 *
 * @throws UsearchError `file_corrupt`, `file_mismatch`, and what {@link createNativeUsearchIndex} throws.
 */
export async function loadNativeUsearchIndex(
  saved: Uint8Array,
  options: UsearchIndexOptions,
): Promise<NativeUsearchIndex> {
  const settings = checkOptions(options)
  if (!(saved instanceof Uint8Array)) throw invalid('saved', 'a Uint8Array')
  // A copy, so that the bytes cannot change between the check and the reading.
  const bytes = saved.slice()
  checkSavedFile(bytes, settings)
  const index = newIndex(await loadAddon(), settings)
  await withTemporaryFile(async (file) => {
    await writeFile(file, bytes, { mode: 0o600 })
    attempt(() => index.load(file))
  })
  return new NativeUsearchIndex(settings, index)
}

/**
 * The npm package usearch behind the interface of the WebAssembly index, guarded against what would crash it or give
 * wrong answers. It cannot search among allowed keys, search exactly, look at another number of candidates a search, give
 * vectors back, reserve, or compact. Its own rounding to 8 bits, for vectors added and searched here with the scalar `i8`,
 * is coarser than that of the WebAssembly index.
 */
export class NativeUsearchIndex implements AnnIndex {
  readonly dimensions: number
  readonly metric: Metric
  readonly scalar: Scalar
  readonly #expansion: number
  #index: Index | undefined

  /** Not for callers: see {@link createNativeUsearchIndex} and {@link loadNativeUsearchIndex}. */
  constructor(settings: Settings, index: Index) {
    this.dimensions = settings.dimensions
    this.metric = settings.metric
    this.scalar = settings.scalar
    this.#expansion = settings.expansion
    this.#index = index
  }

  get size(): number {
    return this.#open().size()
  }

  add(key: number, vector: ArrayLike<number>): void {
    this.addMany([key], [vector])
  }

  addMany(keys: ArrayLike<number>, vectors: Float32Array | readonly ArrayLike<number>[]): void {
    const index = this.#open()
    const vectorOf = checkVectors(keys, vectors, this.dimensions)
    if (keys.length === 0) return
    const matrix = new Float32Array(keys.length * this.dimensions)
    for (let i = 0; i < keys.length; i++) {
      if (index.contains(BigInt(keys[i] as number)) === true) {
        throw new UsearchError('key_exists', 'A key is in use already; remove it first.')
      }
      matrix.set(this.#copy(vectorOf(i)), i * this.dimensions)
    }
    attempt(() => index.add(BigUint64Array.from(Array.from(keys), BigInt), matrix, threads))
  }

  remove(key: number): boolean {
    checkKey(key)
    return Number(this.#open().remove(BigInt(key))) > 0
  }

  contains(key: number): boolean {
    checkKey(key)
    return this.#open().contains(BigInt(key)) === true
  }

  /** May find fewer than there are where the graph hangs together badly. @throws UsearchError `not_supported` */
  search(vector: ArrayLike<number>, options: UsearchSearchOptions): UsearchHit[] {
    const index = this.#open()
    if (typeof options !== 'object' || options === null) throw invalid('options', 'an object with k')
    const { k, expansion = this.#expansion, exact = false, allow } = options
    checkVector(vector, this.dimensions)
    checkInteger('k', k, 1, Number.MAX_SAFE_INTEGER)
    if (allow !== undefined || exact || expansion !== this.#expansion) {
      throw new UsearchError(
        'not_supported',
        'The native addon cannot search among allowed keys, exactly, or with an expansion of its own a search; use the WebAssembly index for that.',
      )
    }
    const query = this.#copy(vector)
    const { size } = this
    if (size === 0) return []
    const { keys, distances } = attempt(() => index.search(query, Math.min(k, size), threads))
    return Array.from(distances, (distance, i) => ({ key: Number(keys[i]), distance })).sort(
      (a, b) => a.distance - b.distance || a.key - b.key,
    )
  }

  /** As that of the WebAssembly index. Passes through a file in the system's folder for such, readable by this user only. */
  async save(): Promise<Uint8Array<ArrayBuffer>> {
    const index = this.#open()
    return withTemporaryFile(async (file) => {
      attempt(() => index.save(file))
      return new Uint8Array(await readFile(file))
    })
  }

  /** Drops the index; its memory is freed by garbage collection. */
  dispose(): void {
    this.#index = undefined
  }

  [Symbol.dispose](): void {
    this.dispose()
  }

  /** The addon takes NaN, and ignores where in its buffer an array begins. */
  #copy(vector: ArrayLike<number>): Float32Array {
    const copy = Float32Array.from(vector)
    let sum = 0
    for (const value of copy) sum += value * value
    if (!isGoodLength(Math.sqrt(sum), this.metric)) throw invalidVector()
    return copy
  }

  #open(): Index {
    if (this.#index === undefined) throw new UsearchError('disposed', 'The index was disposed; make a new one.')
    return this.#index
  }
}

function newIndex(NativeIndex: typeof Index, settings: Settings): Index {
  return attempt(
    () =>
      new NativeIndex({
        dimensions: settings.dimensions,
        metric: settings.metric as MetricKind,
        quantization: settings.scalar as ScalarKind,
        connectivity: settings.connectivity,
        expansion_add: settings.expansionAdd,
        expansion_search: settings.expansion,
        multi: false,
      }),
  )
}

/** What the addon complains of, once arguments and files are checked, is memory. */
function attempt<Result>(call: () => Result): Result {
  try {
    return call()
  } catch (cause) {
    throw new UsearchError('out_of_memory', 'The native addon failed, most likely for want of memory.', { cause })
  }
}

async function withTemporaryFile<Result>(use: (file: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'usearch-'))
  try {
    return await use(path.join(folder, 'index.usearch'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
