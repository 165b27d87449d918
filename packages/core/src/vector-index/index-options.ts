import type { ModuleSource } from '@visavis/usearch-wasm'
import { anything, callback, having, optional, type OptionShape } from '../values/option-shape.ts'
import type { GraphEngine, SnapshotStorage } from './graph-engine.ts'
import type { IndexProgress } from './vector-index.ts'

/** How templates are searched in memory. */
export interface IndexOptions {
  /** The id of the model that makes the templates. */
  model: string
  /** Length of a template. */
  dimensions: number
  /**
   * The WebAssembly module of the index: a URL (relative ones against the page), its bytes, a response, or the compiled
   * module. @default the file that comes with the package
   */
  wasm?: ModuleSource
  /** The most memory that templates may take, 1 MiB to 4 GiB. @default 4 GiB */
  maximumBytes?: number
  /**
   * From how many values on (templates times their length) FAST looks at sketches first, and is no longer exact.
   * @default 25,600,000: 200,000 templates of 128
   */
  sketchFrom?: number
  /**
   * Makes the graph by which FAST searches instead of by sketches: `usearchGraph`, or in Node
   * `{ create: createNativeUsearchIndex }` of `@visavis/usearch-wasm/native`. @default no graph: at 100,000
   * templates it was measured to answer about as soon as sketches, after minutes of building
   */
  graph?: GraphEngine
  /** From how many templates on a graph is built, where `graph` is given. @default 200,000 */
  graphFrom?: number
  /** Where the graph is kept between two starts. @default it is built at each start */
  snapshot?: SnapshotStorage
  /** Is told of work in the background, after each slice of it. */
  onProgress?: (progress: IndexProgress) => void
}

/** What numbers may be says the index itself. */
export const indexOptions: OptionShape<Omit<IndexOptions, 'model' | 'dimensions'>> = {
  wasm: anything,
  maximumBytes: anything,
  sketchFrom: anything,
  graph: optional(having('a graph engine, such as usearchGraph', 'create')),
  graphFrom: anything,
  snapshot: optional(having('a storage with read, write and erase', 'read', 'write', 'erase')),
  onProgress: optional(callback),
}
