import { transfer } from 'comlink'
import { toFailure, type Outcome } from '../failure.ts'
import { onOwnBuffers } from '../own-buffers.ts'

/** The calls that a worker is working on, so that they can be aborted by their number. */
export class RunningCalls {
  readonly #running: Map<number, AbortController> = new Map()

  /** Runs the work of a call; its result or error becomes an outcome, with buffers of its own. */
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
    const buffers: Transferable[] = []
    const value = onOwnBuffers(await work(), buffers)
    return transfer({ kind: 'value', value }, buffers)
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) return { kind: 'aborted' }
    return { kind: 'failure', failure: toFailure(error) }
  }
}
