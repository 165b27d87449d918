import { transfer } from 'comlink'
import { toFailure, type Outcome } from '../failure.ts'

/** The calls that a worker is working on, so that they can be aborted by their number. */
export class RunningCalls {
  readonly #running: Map<number, AbortController> = new Map()

  /** Does the work of a call; whatever becomes of it is an outcome, with buffers of its own. */
  async run<T>(id: number, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    const controller = new AbortController()
    this.#running.set(id, controller)
    try {
      return await outcomeOf(() => work(controller.signal), controller.signal)
    } finally {
      this.#running.delete(id)
    }
  }

  abort(id: number): void {
    this.#running.get(id)?.abort()
  }
}

export async function outcomeOf<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<Outcome<T>> {
  try {
    const buffers: ArrayBuffer[] = []
    const value = detached(await work(), buffers) as T
    return transfer({ kind: 'value', value }, buffers)
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) return { kind: 'aborted' }
    return { kind: 'failure', failure: toFailure(error) }
  }
}

/**
 * Plain data with every typed array on a buffer of its own, collected in `buffers`: a view into WebAssembly's memory
 * or a database's would take all of it along.
 */
function detached(value: unknown, buffers: ArrayBuffer[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array || value instanceof Float32Array) {
    const own = new (value instanceof Uint8Array ? Uint8Array : Float32Array)(value)
    buffers.push(own.buffer)
    return own
  }
  if (Array.isArray(value)) return value.map((item) => detached(item, buffers))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, detached(item, buffers)]))
}
