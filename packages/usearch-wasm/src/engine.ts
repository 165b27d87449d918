import { invalid, invalidVector, type Settings } from './arguments.ts'
import type { EngineExports } from './engine-exports.ts'
import { instantiate, type Instance } from './module.ts'
import { corrupt } from './saved-file.ts'
import { UsearchError } from './usearch-error.ts'

const outOfMemory = -1
const badVector = -2
const keyTaken = -3

/** How many keys go through the buffer, of at least 64 KiB, at a time. */
const keysAtOnce = 8192
const wipedAtOnce = 2 ** 22

/**
 * One index in one instance of the module: copies values in and out, and turns what the module reports into errors.
 * Arguments must have been checked. Nothing of the module's memory is handed out.
 */
export class Engine {
  readonly #vectorBytes: number
  readonly #dimensions: number
  #instance: Instance<EngineExports> | undefined
  #end: UsearchError | undefined
  /** What is left of the graph that is being loaded. */
  #graph: Uint8Array[] = []
  /** Where the part of a file that is being saved goes. */
  #saved: Uint8Array = new Uint8Array(0)
  #savedAt = 0

  static async start(
    module: WebAssembly.Module,
    settings: Settings,
    maximumBytes: number | undefined,
  ): Promise<Engine> {
    const engine = new Engine(settings)
    const instance = await instantiate<EngineExports>(module, {
      ...(maximumBytes !== undefined && { maximumBytes }),
      pull: (address, length) => engine.#pull(engine.#bytes(address, length)),
      push: (address, length) => engine.#push(engine.#bytes(address, length)),
    })
    engine.#instance = instance
    const { dimensions, scalar, metric, connectivity, expansionAdd } = settings
    engine.#check(
      engine.#call((wasm) =>
        wasm.us_start(dimensions, Number(scalar === 'i8'), Number(metric === 'cos'), connectivity, expansionAdd),
      ),
    )
    return engine
  }

  private constructor({ dimensions, scalar }: Settings) {
    this.#dimensions = dimensions
    this.#vectorBytes = dimensions * (scalar === 'i8' ? 1 : 4)
  }

  get size(): number {
    return this.#call((wasm) => wasm.us_size())
  }

  /** Tombstones included. */
  get slots(): number {
    return this.#call((wasm) => wasm.us_slots())
  }

  get capacity(): number {
    return this.#call((wasm) => wasm.us_capacity())
  }

  get memoryBytes(): number {
    return this.#instance?.memory.buffer.byteLength ?? 0
  }

  /** @throws UsearchError `disposed`, `broken` */
  checkOpen(): void {
    this.#open()
  }

  reserve(count: number): void {
    this.#check(this.#call((wasm) => wasm.us_reserve(count)))
  }

  /** Does the part of {@link Engine.reserve} that would otherwise halt adding now and then. */
  reserveTables(count: number): void {
    this.#check(this.#call((wasm) => wasm.us_reserve_tables(count)))
  }

  /** @throws UsearchError `invalid_vector` */
  check(vector: ArrayLike<number>): void {
    this.#setProbe(vector)
    this.#check(this.#call((wasm) => wasm.us_check()))
  }

  add(key: number, vector: ArrayLike<number>): void {
    this.#setProbe(vector)
    this.#check(this.#call((wasm) => wasm.us_add(key)))
  }

  remove(key: number): boolean {
    return this.#call((wasm) => wasm.us_remove(key)) === 1
  }

  contains(key: number): boolean {
    return this.#call((wasm) => wasm.us_contains(key)) === 1
  }

  get(key: number): Float32Array | undefined {
    return this.#call((wasm) => wasm.us_get(key)) === 1 ? this.#probe().slice() : undefined
  }

  /** Copies a vector as it is kept, bit by bit, from an engine of the same settings. */
  copyFrom(other: Engine, key: number): void {
    const vector = other.#getRaw(key)
    this.#buffer(vector.byteLength).set(vector)
    this.#check(this.#call((wasm) => wasm.us_add_raw(key)))
  }

  keys(): Float64Array {
    const { slots } = this
    const keys = new Float64Array(this.size)
    let at = 0
    for (let first = 0; first < slots; first += keysAtOnce) {
      const end = Math.min(first + keysAtOnce, slots)
      this.#buffer(keysAtOnce * 8)
      const count = this.#call((wasm) => wasm.us_keys(first, end))
      keys.set(this.#doubles(count), at)
      at += count
    }
    return keys
  }

  /** Lets the next filtered searches find these keys only. */
  setFilter(keys: ArrayLike<number>): void {
    this.#check(this.#call((wasm) => wasm.us_clear_filter()))
    for (let first = 0; first < keys.length; first += keysAtOnce) {
      const count = Math.min(keysAtOnce, keys.length - first)
      this.#buffer(count * 8)
      const doubles = this.#doubles(count)
      for (let i = 0; i < count; i++) doubles[i] = keys[first + i] as number
      this.#call((wasm) => wasm.us_allow(count))
    }
  }

  /** The keys, and behind them as many distances. */
  search(
    vector: ArrayLike<number>,
    wanted: number,
    expansion: number,
    exact: boolean,
    filtered: boolean,
  ): Float64Array {
    this.check(vector)
    const count = this.#call((wasm) => wasm.us_search(wanted, expansion, Number(exact), Number(filtered)))
    this.#check(count)
    return this.#doubles(count * 2).slice()
  }

  get savedBytes(): number {
    return this.#call((wasm) => wasm.us_saved_bytes())
  }

  /** Fills `target` with the saved index from `offset` on. */
  save(target: Uint8Array, offset: number): void {
    this.#saved = target
    this.#savedAt = 0
    this.#call((wasm) => wasm.us_save(offset, target.byteLength))
    this.#saved = new Uint8Array(0)
  }

  /** Takes the next bytes of a file's vectors. @throws UsearchError `file_corrupt` */
  loadVectors(bytes: Uint8Array): void {
    this.#buffer(bytes.byteLength).set(bytes)
    this.#checkFile(this.#call((wasm) => wasm.us_load_vectors(bytes.byteLength)))
  }

  /** Takes a graph, which must have been checked, in parts. @throws UsearchError `file_corrupt` */
  loadGraph(rows: number, parts: readonly Uint8Array[]): void {
    const total = parts.reduce((sum, part) => sum + part.byteLength, 0)
    this.#graph = [...parts]
    this.#checkFile(this.#call((wasm) => wasm.us_load_graph(rows, total)))
  }

  dispose(): void {
    for (const _ of this.disposeInSteps());
  }

  /** From the first step on nothing else can be called; each wipes a few megabytes. */
  *disposeInSteps(): Generator<void, void, undefined> {
    yield* this.#finish(new UsearchError('disposed', 'The index was disposed; make a new one.'))
  }

  #getRaw(key: number): Uint8Array {
    const address = this.#bufferAt(this.#vectorBytes)
    if (this.#call((wasm) => wasm.us_get_raw(key)) !== 1) throw new RangeError('no such key')
    return this.#bytes(address, this.#vectorBytes)
  }

  #setProbe(vector: ArrayLike<number>): void {
    try {
      this.#probe().set(vector)
    } catch (cause) {
      // BigInts and symbols; what else is no number becomes NaN.
      if (cause instanceof TypeError) throw invalid('vector', 'an array of numbers')
      throw cause
    }
  }

  #probe(): Float32Array {
    const address = this.#call((wasm) => wasm.us_probe())
    return new Float32Array(this.#memory().buffer, address >>> 0, this.#dimensions)
  }

  #buffer(length: number): Uint8Array {
    return this.#bytes(this.#bufferAt(length), length)
  }

  #bufferAt(length: number): number {
    const address = this.#call((wasm) => wasm.us_buffer(length))
    if (address === 0) this.#check(outOfMemory)
    return address
  }

  #bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory().buffer, address >>> 0, length)
  }

  #doubles(count: number): Float64Array {
    return new Float64Array(this.#memory().buffer, this.#bufferAt(0) >>> 0, count)
  }

  #push(bytes: Uint8Array): void {
    this.#saved.set(bytes, this.#savedAt)
    this.#savedAt += bytes.byteLength
  }

  #pull(target: Uint8Array): void {
    let at = 0
    while (at < target.byteLength) {
      const [part] = this.#graph
      if (part === undefined) throw new RangeError('the graph is shorter than was said')
      const taken = part.subarray(0, target.byteLength - at)
      target.set(taken, at)
      at += taken.byteLength
      if (taken.byteLength < part.byteLength) this.#graph[0] = part.subarray(taken.byteLength)
      else this.#graph.shift()
    }
  }

  #memory(): WebAssembly.Memory {
    return this.#open().memory
  }

  #open(): Instance<EngineExports> {
    if (this.#instance === undefined) throw this.#end ?? new RangeError('the engine was not started')
    return this.#instance
  }

  /** An error inside the module may leave it in any state, so it is not called again. */
  #call<Result>(call: (wasm: EngineExports) => Result): Result {
    const { exports } = this.#open()
    try {
      return call(exports)
    } catch (cause) {
      const error = new UsearchError(
        'broken',
        'The WebAssembly module failed in the middle of its work, so this index cannot be used any more; make a new one.',
        { cause },
      )
      for (const _ of this.#finish(error));
      throw error
    }
  }

  /** No vector outlives the index. */
  *#finish(end: UsearchError): Generator<void, void, undefined> {
    if (this.#instance === undefined) return
    const bytes = new Uint8Array(this.#instance.memory.buffer)
    this.#instance = undefined
    this.#end = end
    for (let at = 0; at < bytes.byteLength; at += wipedAtOnce) {
      bytes.fill(0, at, at + wipedAtOnce)
      yield
    }
  }

  #check(status: number): void {
    if (status >= 0) return
    if (status === badVector) throw invalidVector()
    if (status === keyTaken) throw new UsearchError('key_exists', 'A key is in use already; remove it first.')
    throw new UsearchError(
      'out_of_memory',
      'There is no memory left for the index, which is as it was; raise maximumBytes, compact it, or split it up.',
    )
  }

  #checkFile(status: number): void {
    if (status === outOfMemory) this.#check(status)
    if (status < 0) throw corrupt('a key is used twice, or a vector has no finite values, or none but zeros')
  }
}
