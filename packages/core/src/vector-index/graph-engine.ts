import {
  createUsearchIndex,
  loadUsearchIndex,
  usearchVersion,
  type GraphIndex,
  type UsearchIndexOptions,
} from '@visavis/usearch-wasm'

/** A graph that can give its vectors back, and so be held against them. */
export interface RestoredGraph extends GraphIndex {
  get(key: number): Float32Array | undefined
  keys(): Iterable<number>
}

/** What makes graphs. */
export interface GraphEngine {
  /** An empty graph. */
  create(options: UsearchIndexOptions): Promise<GraphIndex>
  /** One that was saved; left out where that is not to be done. Rejects where the bytes are in doubt. */
  load?(saved: Uint8Array, options: UsearchIndexOptions): Promise<RestoredGraph>
  /** Of what writes the graphs: those of another are not loaded. */
  readonly version?: string
}

/**
 * Where a graph is kept between two starts of the app: a cache of what took long to build, never more than that. It
 * holds templates, so it is biometric data.
 */
export interface SnapshotStorage {
  /** What was written last; `undefined` where there is nothing. */
  read(): Promise<Uint8Array | undefined>
  write(snapshot: Uint8Array): Promise<void>
  /** Erases it: somebody who is in it was removed. */
  erase(): Promise<void>
}

/** usearch's graph in WebAssembly. */
export const usearchGraph: GraphEngine = {
  create: (options) => createUsearchIndex(options),
  load: (saved, options) => loadUsearchIndex(saved, options),
  version: usearchVersion,
}
