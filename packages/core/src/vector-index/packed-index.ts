import { createPackedVectors, isUsearchError, mostPackedHits, type PackedVectors } from '@visavis/usearch-wasm'
import { isVisavisError, VisavisError } from '../errors.ts'
import { BackgroundTask } from './background-task.ts'
import type { IndexRequest } from './index-options.ts'
import { SnapshotQueue } from './snapshot-queue.ts'
import type { Hit, IndexQuery, VectorIndex } from './vector-index.ts'

/**
 * From how many values on (vectors times dimensions) FAST looks at sketches first: 200,000 vectors of 128. Below, an
 * exact scan takes less than 2 ms.
 */
const sketchFrom = 200_000 * 128
/** How many vectors FAST compares once it has looked at the sketches of all: about 1 in 100 of 200,000, 1 in 500 of a million. */
const compared = 2048
/** The spread is learned anew when there are so many times more vectors than it was learned from. */
const relearnGrowth = 4

/**
 * Exact scans of packed vectors, for both modes; of very many, FAST compares only those whose sketch is most alike.
 *
 * @throws VisavisError `model_load_failed`, `gallery_full`
 */
export async function createPackedIndex({
  dimensions,
  wasm,
  ...options
}: Omit<IndexRequest, 'model'>): Promise<PackedIndex> {
  return translated(async () => {
    const { maximumBytes } = options
    const vectors = await createPackedVectors({
      dimensions,
      ...(wasm === undefined ? {} : { module: wasm }),
      ...(maximumBytes === undefined ? {} : { maximumBytes }),
    })
    return new PackedIndex(vectors, options)
  })
}

type PackedIndexOptions = Pick<IndexRequest, 'onProgress' | 'sketchFrom' | 'snapshot'>

export class PackedIndex implements VectorIndex {
  readonly #vectors: PackedVectors
  readonly #options: PackedIndexOptions
  /** The snapshot of an index of another kind, which may hold a person who was removed since. */
  readonly #leftover: SnapshotQueue
  #learning: BackgroundTask | undefined
  /** Learning for which there was no memory is not tried at every addition. */
  #learnFrom = 0

  constructor(vectors: PackedVectors, options: PackedIndexOptions = {}) {
    this.#vectors = vectors
    this.#options = options
    this.#leftover = new SnapshotQueue(options.snapshot)
  }

  get dimensions(): number {
    return this.#vectors.dimensions
  }

  get size(): number {
    return this.#vectors.size
  }

  get memoryBytes(): number {
    return this.#vectors.memoryBytes
  }

  reserve(more: number): void {
    translatedSync(() => this.#vectors.reserve(more))
  }

  add(key: number, vector: Float32Array): void {
    translatedSync(() => this.#vectors.add(key, vector))
    this.#learnWhereDue()
  }

  remove(key: number): boolean {
    return this.#vectors.remove(key)
  }

  get(key: number): Float32Array | undefined {
    return this.#vectors.get(key)
  }

  keys(): Iterable<number> {
    return this.#vectors.keys()
  }

  search(probe: Float32Array, { limit, leastSimilarity = -1, mode, among }: IndexQuery): Hit[] {
    const query = { limit: Math.min(limit, mostPackedHits), least: leastSimilarity }
    const candidates = Math.min(this.size, among?.size ?? this.size)
    if (candidates === 0) return []
    return translatedSync(() => {
      // Looking each of a few up is quicker than passing over all the others.
      if (among !== undefined && candidates < this.size / 8)
        return toHits(this.#vectors.searchAmong(probe, among, query))
      return toHits(
        this.#vectors.search(probe, {
          ...query,
          ...(among === undefined ? {} : { allowed: among.words }),
          // Many times as many as are wanted, since the sketches' order is a guess.
          share: mode === 'FAST' && this.#isLarge() ? Math.min(1, Math.max(compared, 8 * limit) / candidates) : 1,
        }),
      )
    })
  }

  /** Hits among a few keys, compared exactly. */
  compare(probe: Float32Array, keys: Iterable<number>, query: Omit<IndexQuery, 'mode' | 'among'>): Hit[] {
    const { limit, leastSimilarity = -1 } = query
    return translatedSync(() =>
      toHits(
        this.#vectors.searchAmong(probe, keys, { limit: Math.min(limit, mostPackedHits), least: leastSimilarity }),
      ),
    )
  }

  finishErasing(): Promise<void> {
    return this.#leftover.erase()
  }

  async settled(): Promise<void> {
    while (this.#learning?.running === true) await translated(async () => this.#learning?.wait())
  }

  dispose(): void {
    this.#learning?.cancel()
    this.#vectors.dispose()
  }

  #isLarge(): boolean {
    return this.size * this.dimensions >= (this.#options.sketchFrom ?? sketchFrom)
  }

  #learnWhereDue(): void {
    if (!this.#isLarge() || this.#learning?.running === true) return
    if (this.size < Math.max(this.#learnFrom, (this.#vectors.learned?.from ?? 0) * relearnGrowth)) return
    const { onProgress } = this.#options
    this.#learning = new BackgroundTask(this.#vectors.learn(), (share) => onProgress?.({ task: 'spread', share }))
    this.#learning.finished.catch(() => {
      this.#learnFrom = this.size * 2
    })
  }
}

function toHits({ keys, similarities }: ReturnType<PackedVectors['search']>): Hit[] {
  return Array.from(keys, (key, i) => ({ key, similarity: similarities[i] as number }))
}

/** The errors of the wrapper as those of this library. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw translate(error)
  }
}

function translatedSync<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw translate(error)
  }
}

function translate(error: unknown): unknown {
  if (!isUsearchError(error) || isVisavisError(error)) return error
  const options = { cause: error }
  switch (error.code) {
    case 'invalid_argument':
      return new VisavisError('invalid_option', `index: ${error.message}`, options)
    case 'broken':
    case 'disposed':
      return new VisavisError('matcher_closed', 'The index does not work any more; create a new matcher.', options)
    case 'out_of_memory':
      return new VisavisError(
        'gallery_full',
        'There is no memory left for another template; remove people, or allow the index more by its option maximumBytes.',
        options,
      )
    case 'load_failed':
      return new VisavisError('model_load_failed', error.message, options)
    case 'invalid_vector':
      return new VisavisError(
        'dimension_mismatch',
        `${error.message} Use one model for all templates and probes.`,
        options,
      )
    default:
      return error
  }
}
