import { VisavisError } from '@visavis/core'
import { transfer } from 'comlink'
import type { MatcherCall, MatcherCalls, MatcherSettings } from './protocol.ts'
import { ServiceThread } from './service-thread.ts'
import type { MatcherService } from './worker/matcher-service.ts'
import type { WorkerSource } from './worker-handle.ts'

export interface ConnectionOptions {
  readonly settings: MatcherSettings
  readonly worker: WorkerSource | undefined
  /** Whether a worker that died is followed by another. */
  readonly restart: boolean
  /** Called when the worker has died. */
  readonly onCrash: (reason: VisavisError) => void
}

/** From a matcher in this thread to the one in a worker, whichever worker that is at the time. */
export class MatcherConnection {
  readonly #options: ConnectionOptions
  readonly #closing: AbortController = new AbortController()
  #thread: Promise<ServiceThread<MatcherService>> | undefined
  /** Why there is no worker, and will be none. */
  #lost: VisavisError | undefined
  /** Until the worker before has let go of the store. */
  #released: Promise<void> | undefined
  #calls = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** @throws VisavisError `worker_load_failed`, and what making the matcher throws; the signal's reason. */
  async open(signal?: AbortSignal): Promise<void> {
    await this.#open(signal)
  }

  /**
   * Makes a call in the worker.
   *
   * @throws VisavisError `worker_crashed` where the worker dies before it answers, `invalid_option` where the arguments
   * cannot be sent, and what the call throws there.
   */
  async ask<C extends MatcherCall>(
    call: C,
    args: readonly unknown[],
    moved: Transferable[] = [],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<MatcherCalls[C]>>> {
    if (this.#lost !== undefined) throw this.#lost
    // Where a worker could not be started again, the next call tries it once more.
    const thread = await (this.#thread ?? this.#open())
    signal?.throwIfAborted()
    const id = ++this.#calls
    const onAbort = (): void => thread.abort(id)
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      return (await thread.ask((remote) => remote.call(id, call, transfer([...args], moved)), signal)) as never
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Closes the matcher there, and ends the worker. What is still open then rejects with `reason`. */
  async close(reason: VisavisError): Promise<void> {
    this.#lost = reason
    this.#closing.abort(reason)
    const thread = await this.#thread?.catch(() => undefined)
    await thread?.close(reason)
  }

  #open(signal?: AbortSignal): Promise<ServiceThread<MatcherService>> {
    const thread = this.#start(signal)
    this.#thread = thread
    thread.catch(() => {
      if (this.#thread === thread) this.#thread = undefined
    })
    return thread
  }

  async #start(signal?: AbortSignal): Promise<ServiceThread<MatcherService>> {
    const { settings, worker } = this.#options
    const stopped = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    const before = this.#calls
    let isOpen = false
    await this.#released
    const thread: ServiceThread<MatcherService> = await ServiceThread.start(
      'matcher',
      worker,
      // Who dies while it opens is heard of below.
      (reason) => {
        if (isOpen) this.#crash(reason, thread.end(reason), this.#calls > before)
      },
      stopped,
    )
    const stop = (): void => void thread.end(stopped.reason)
    stopped.addEventListener('abort', stop, { once: true })
    try {
      stopped.throwIfAborted()
      await thread.ask((remote) => remote.open(settings))
      isOpen = true
    } catch (error) {
      await thread.end(error as VisavisError)
      throw error
    } finally {
      stopped.removeEventListener('abort', stop)
    }
    return thread
  }

  #crash(reason: VisavisError, released: Promise<void>, wasUsed: boolean): void {
    this.#thread = undefined
    this.#released = released
    if (!this.#options.restart) this.#lost = reason
    // At once, so that the next call need not wait; but not over and over where workers die of themselves.
    else if (wasUsed) void this.#open()
    this.#options.onCrash(reason)
  }
}
