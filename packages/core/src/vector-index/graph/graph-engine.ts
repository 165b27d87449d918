import type { AnnIndex, UsearchIndexOptions } from '@visavis/usearch-wasm'

/** A graph that can give its vectors back, and so be held against them. */
export interface RestoredGraph extends AnnIndex {
  get(key: number): Float32Array | undefined
  keys(): Iterable<number>
}

/** What makes graphs. */
export interface GraphEngine {
  /** An empty graph. */
  create(options: UsearchIndexOptions): Promise<AnnIndex>
  /** One that was saved; left out where that is not to be done. Rejects where the bytes are in doubt. */
  load?(saved: Uint8Array, options: UsearchIndexOptions): Promise<RestoredGraph>
  /** Of what writes the graphs: those of another are not loaded. */
  readonly version?: string
}
