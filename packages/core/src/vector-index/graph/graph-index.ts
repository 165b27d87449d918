import type { AnnIndex } from '@visavis/usearch-wasm'
import { BackgroundTask } from '../background-task.ts'
import type { GraphEngine, RestoredGraph } from './graph-engine.ts'
import { decodeSnapshot, encodeSnapshot, type SnapshotStamp } from './graph-snapshot.ts'
import type { IndexRequest } from '../index-options.ts'
import { translated, type PackedIndex } from '../packed-index.ts'
import { SnapshotQueue } from '../snapshot-queue.ts'
import type { Hit, IndexQuery, VectorIndex } from '../vector-index.ts'

/** HNSW's M, and the candidates it looks at: what it takes to miss few identities among so many. */
const shape = { metric: 'cos', scalar: 'i8', connectivity: 32, expansionAdd: 256, expansion: 256 } as const
/** How many of the graph's hits are compared exactly, at least. */
const leastReranked = 64

/** What of a restored graph may be out of date before it is not worth mending. */
const mostMended = 0.2
/** The least cosine between a vector and what the graph has of it in 8 bits a value. */
const leastLikeness = 0.99

interface Building {
  readonly graph: AnnIndex
  /** What is still to be added. */
  readonly pending: Set<number>
  readonly task: BackgroundTask
}

/**
 * usearch's graph before packed vectors: it proposes hits to FAST, and they compare them. What was removed stays in the
 * graph's memory, out of reach of any search, until its place is taken or the graph is built anew.
 */
export class GraphIndex implements VectorIndex {
  readonly #packed: PackedIndex
  readonly #engine: GraphEngine
  readonly #options: IndexRequest
  readonly #storage: SnapshotQueue
  #graph: AnnIndex | undefined
  #building: Building | undefined
  #starting: Promise<void> | undefined
  /** How many of the graph's nodes are of vectors that were removed. */
  #removed = 0
  /** A graph for which there was no memory is not tried again. */
  #givenUp = false
  #disposed = false

  constructor(packed: PackedIndex, engine: GraphEngine, options: IndexRequest) {
    this.#packed = packed
    this.#engine = engine
    this.#options = options
    this.#storage = new SnapshotQueue(options.snapshot)
  }

  get dimensions(): number {
    return this.#packed.dimensions
  }

  get size(): number {
    return this.#packed.size
  }

  /** Of a native graph only the vectors are counted: its memory cannot be measured. */
  get memoryBytes(): number {
    return this.#packed.memoryBytes + memoryOf(this.#graph) + memoryOf(this.#building?.graph)
  }

  /** Whether FAST goes by the graph. */
  get hasGraph(): boolean {
    return this.#graph !== undefined
  }

  reserve(more: number): void {
    this.#packed.reserve(more)
  }

  add(key: number, vector: Float32Array): void {
    this.#packed.add(key, vector)
    this.#building?.pending.add(key)
    try {
      this.#graph?.add(key, vector)
    } catch {
      this.#giveUp()
    }
    this.#buildWhereDue()
  }

  remove(key: number): boolean {
    const removed = this.#packed.remove(key)
    if (!removed) return false
    if (this.#building?.pending.delete(key) === false) this.#building.graph.remove(key)
    if (this.#graph?.remove(key) === true) this.#removed++
    // The snapshot holds the removed person; `finishErasing` rejects where erasing failed.
    void this.#storage.erase()
    this.#buildWhereDue()
    return true
  }

  get(key: number): Float32Array | undefined {
    return this.#packed.get(key)
  }

  keys(): Iterable<number> {
    return this.#packed.keys()
  }

  search(probe: Float32Array, query: IndexQuery): Hit[] {
    const { mode, among, limit } = query
    if (mode !== 'FAST' || among !== undefined || this.#graph === undefined || probe.every((value) => value === 0)) {
      return this.#packed.search(probe, query)
    }
    const proposed = this.#graph.search(probe, { k: Math.max(leastReranked, 2 * limit) })
    return this.#packed.compare(
      probe,
      proposed.map(({ key }) => key),
      query,
    )
  }

  finishErasing(): Promise<void> {
    // A saved graph that is not read, because there are too few vectors or the engine cannot, may hold a person who was
    // removed before this process started.
    const isUsed = this.#graph !== undefined || this.#building !== undefined || this.#starting !== undefined
    return isUsed && this.#engine.load !== undefined ? this.#storage.finishErasing() : this.#storage.erase()
  }

  async settled(): Promise<void> {
    await this.#packed.settled()
    // A restored graph that was not worth mending is followed by another start.
    while (this.#starting !== undefined || this.#building !== undefined) {
      await this.#starting
      const building = this.#building?.task.wait()
      if (building !== undefined) await translated(() => building)
    }
    await this.#storage.idle()
  }

  dispose(): void {
    this.#disposed = true
    this.#giveUp()
    this.#packed.dispose()
  }

  #buildWhereDue(): void {
    if (this.#givenUp || this.#starting !== undefined || this.#building !== undefined) return
    if (this.size < (this.#options.graphFrom ?? 1)) return
    if (this.#graph !== undefined && this.#removed < this.size / 2) return
    this.#starting = this.#startBuilding().catch(() => this.#giveUp())
  }

  async #startBuilding(): Promise<void> {
    // A snapshot is held against all that the store has; and a graph that is there already would be grown, while the
    // store is read, by one vector after the other.
    await this.#options.loading
    if (this.#disposed) return
    const restored = this.#graph === undefined ? await this.#restore() : undefined
    const graph = restored ?? (await this.#engine.create({ ...shape, dimensions: this.dimensions }))
    this.#starting = undefined
    if (this.#disposed) {
      graph.dispose()
      return
    }
    const pending = new Set(this.keys())
    const { onProgress } = this.#options
    const steps = restored === undefined ? this.#build(graph, pending) : this.#mend(restored, pending)
    const task = new BackgroundTask(steps, (share) => onProgress?.({ task: 'graph', share }))
    this.#building = { graph, pending, task }
    task.finished.catch(() => this.#giveUp())
  }

  /** The graph of the snapshot; `undefined` where there is none that can be trusted to be one. */
  async #restore(): Promise<RestoredGraph | undefined> {
    const { load, version } = this.#engine
    if (load === undefined || version === undefined) return undefined
    try {
      const saved = await this.#options.snapshot?.read()
      const snapshot = saved === undefined ? undefined : await decodeSnapshot(saved, this.#stamp(version))
      if (snapshot === undefined || this.#disposed) return undefined
      const graph = await load(snapshot.graph, { ...shape, dimensions: this.dimensions })
      if (graph.size === snapshot.count) return graph
      graph.dispose()
    } catch {
      // What cannot be read, or is no graph, is built anew.
    }
    return undefined
  }

  #stamp(usearch: string): SnapshotStamp {
    const { metric, scalar, connectivity } = shape
    return { model: this.#options.model, dimensions: this.dimensions, metric, scalar, connectivity, usearch }
  }

  /** Holds a restored graph against the vectors, and makes it theirs. */
  *#mend(graph: RestoredGraph, pending: Set<number>): Generator<number> {
    const total = pending.size
    let wrong = 0
    for (const key of graph.keys()) {
      if (!isAlike(graph.get(key), this.#packed.get(key))) {
        graph.remove(key)
        wrong++
      } else {
        pending.delete(key)
      }
      yield 0.5 * (1 - pending.size / total)
    }
    if (wrong + pending.size <= mostMended * total) {
      if (wrong > 0) void this.#storage.erase()
      yield* this.#build(graph, pending, wrong === 0 && pending.size > 0)
      return
    }
    graph.dispose()
    this.#building = undefined
    this.#starting = this.#startAnew().catch(() => this.#giveUp())
  }

  async #startAnew(): Promise<void> {
    await this.#storage.erase()
    await this.#startBuilding()
  }

  *#build(graph: AnnIndex, pending: Set<number>, save = true): Generator<number> {
    // The set grows and shrinks while it is gone through: nothing that is added meanwhile is left out.
    for (const key of pending) {
      const vector = this.#packed.get(key)
      if (vector !== undefined) graph.add(key, vector)
      pending.delete(key)
      yield graph.size / (graph.size + pending.size)
    }
    this.#graph?.dispose()
    this.#graph = graph
    this.#building = undefined
    this.#removed = 0
    this.#options.onProgress?.({ task: 'graph', share: 1 })
    const { version, load } = this.#engine
    // Not where something was removed from it: that is still in its bytes.
    if (!save || version === undefined || load === undefined) return
    this.#storage.write(async () => {
      const saved = await graph.save()
      return encodeSnapshot(this.#stamp(version), { count: graph.size, graph: saved })
    })
  }

  /** Goes on without a graph: the packed vectors know everything it knew. */
  #giveUp(): void {
    this.#givenUp = true
    this.#starting = undefined
    this.#building?.task.cancel()
    this.#building?.graph.dispose()
    this.#building = undefined
    this.#graph?.dispose()
    this.#graph = undefined
  }
}

/** Whether the graph's vector is the packed one, as near as 8 bits a value come. */
function isAlike(kept: Float32Array | undefined, wanted: Float32Array | undefined): boolean {
  if (kept === undefined || wanted === undefined) return false
  let sum = 0
  for (const [i, value] of kept.entries()) sum += value * (wanted[i] as number)
  return sum >= leastLikeness
}

function memoryOf(graph: AnnIndex | undefined): number {
  return graph !== undefined && 'memoryBytes' in graph ? Number(graph.memoryBytes) : 0
}
