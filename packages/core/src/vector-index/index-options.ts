import type { ModuleSource } from '@visavis/usearch-wasm'
import { anything, callback, having, number, optional, type OptionShape } from '../values/option-shape.ts'
import type { SnapshotStorage } from '../store/snapshot-storage.ts'
import type { IndexProgress, VectorIndex } from './vector-index.ts'

/**
 * How templates are searched in memory. ACCURATE is exact with each of them; they differ in FAST:
 *
 * - `auto`: what was measured to answer soonest with a recall of 0.99 at least. At present that is `packed` for every
 *   number and length of templates.
 * - `packed`: exact scans of packed vectors, and sketches before them where there are very many.
 * - `usearch`: usearch's graph in WebAssembly, in Node and browsers.
 * - `usearch-native`: the same graph by the npm package `usearch`, in Node.
 */
export type IndexName = 'auto' | 'packed' | 'usearch' | 'usearch-native'

/** What there is to choose about an index besides its kind. */
export interface IndexTuning {
  /**
   * The WebAssembly module of the index: a URL (relative ones against the page), its bytes, a response, or the compiled
   * module. @default the file that comes with the package
   */
  wasm?: ModuleSource
  /** The most memory that templates may take, 1 MiB to 4 GiB. @default 4 GiB */
  maximumBytes?: number
  /**
   * From how many values on (templates times their length) `packed` looks at sketches first in FAST, and is no longer
   * exact. @default 25,600,000: 200,000 templates of 128
   */
  sketchFrom?: number
  /** From how many templates on a graph is built; below, FAST scans. @default 1 */
  graphFrom?: number
  /**
   * Where a graph is kept between two starts. @default beside the store, where it has a place: see `Store.snapshots`
   */
  snapshot?: SnapshotStorage
  /** Called after each slice of work in the background. */
  onProgress?: (progress: IndexProgress) => void
}

/** What an index is made for. */
export interface IndexRequest extends IndexTuning {
  /** The id of the model that makes the templates. */
  readonly model: string
  /** Length of a template. */
  readonly dimensions: number
  /** Resolves when all that the store holds was added: work in the background that needs it whole waits for this. */
  readonly loading?: Promise<void>
}

/**
 * Makes an empty index. It may keep a snapshot in `request.snapshot`, and then has to erase it when a person is
 * removed; an index that keeps none erases a snapshot that another index has left there.
 */
export type IndexFactory = (request: IndexRequest) => VectorIndex | Promise<VectorIndex>

/** An index of some kind, tuned. */
export interface IndexOptions extends IndexTuning {
  /** @default 'auto' */
  kind?: IndexName | IndexFactory
}

/** How templates are searched: by the name of an index, by one of the app's own, or with what there is to tune. */
export type IndexChoice = IndexName | IndexFactory | IndexOptions

export const indexOptions: OptionShape<IndexOptions> = {
  kind: anything,
  wasm: anything,
  maximumBytes: anything,
  sketchFrom: optional(number(0, Infinity)),
  graphFrom: optional(number(0, Infinity)),
  snapshot: optional(having('a storage with read, write and erase', 'read', 'write', 'erase')),
  onProgress: optional(callback),
}
