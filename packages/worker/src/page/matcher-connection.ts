import { VisavisError, type RecognitionModel } from '@visavis/core'
import { transfer } from 'comlink'
import { ProgressListener } from './progress-listener.ts'
import { openingCall, storeChanges, type MatcherCall, type MatcherCalls, type MatcherSettings } from '../protocol.ts'
import { ServiceThread } from './service-thread.ts'
import type { MatcherService } from '../thread/matcher-service.ts'
import type { WorkerSource } from './worker-handle.ts'

export interface ConnectionOptions {
  readonly settings: Omit<MatcherSettings, 'firstRevision'>
  readonly worker: WorkerSource | undefined
  /** Whether a worker that died is followed by another. */
  readonly restart: boolean
  /** Reports the progress of opening, of each worker. */
  readonly onProgress: ((progress: never) => void) | undefined
  /** Called when other tabs or workers have changed the store. */
  readonly onStoreChange: ((change: never) => void) | undefined
  /** Called when the worker has died. */
  readonly onCrash: (reason: VisavisError) => void
}

export interface AskOptions {
  /** What is moved with the arguments. */
  readonly moved?: readonly Transferable[]
  readonly signal?: AbortSignal | undefined
  /** Reports the progress of the call. */
  readonly onProgress?: ((progress: never) => void) | undefined
}

/** More changes than are made while one worker lives. */
const mostRevisions = 2 ** 32

/** From a matcher in this thread to the one in a worker, whichever worker that is at the time. */
export class MatcherConnection {
  readonly #options: ConnectionOptions
  readonly #closing: AbortController = new AbortController()
  #thread: Promise<ServiceThread<MatcherService>> | undefined
  /** Why there is no worker, and will be none. */
  #lost: VisavisError | undefined
  /** Resolves when the previous worker has released the store. */
  #released: Promise<void> | undefined
  #calls: number = openingCall
  #starts = 0
  #model: RecognitionModel | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  /** @throws VisavisError `worker_load_failed`, and what making the matcher throws; the signal's reason. */
  async open(signal?: AbortSignal): Promise<void> {
    await this.#open(signal)
  }

  /** Asks the worker again which model answers now. */
  async renewModel(): Promise<void> {
    this.#model = await this.ask('records.model', [])
  }

  /** Of the worker that was opened last. */
  get model(): RecognitionModel {
    return this.#model as RecognitionModel
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
    { moved = [], signal, onProgress }: AskOptions = {},
  ): Promise<Awaited<ReturnType<MatcherCalls[C]>>> {
    if (this.#lost !== undefined) throw this.#lost
    // Where a worker could not be started again, the next call tries it once more.
    const thread = await (this.#thread ?? this.#open())
    signal?.throwIfAborted()
    const id = ++this.#calls
    const listener = onProgress && new ProgressListener(onProgress)
    const stop = either(signal, listener?.failed)
    const onAbort = (): void => thread.abort(id)
    stop?.addEventListener('abort', onAbort, { once: true })
    try {
      const asking = (): Promise<unknown> =>
        thread.ask((remote) => remote.call(id, call, transfer([...args], [...moved])), stop)
      const answer = await (listener === undefined ? asking() : thread.hearing(id, listener.hear, asking))
      listener?.failed.throwIfAborted()
      return answer as never
    } finally {
      stop?.removeEventListener('abort', onAbort)
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
    const { settings, worker, onProgress, onStoreChange } = this.#options
    const listener = new ProgressListener(onProgress ?? (() => undefined))
    const stopped = either(signal, AbortSignal.any([this.#closing.signal, listener.failed])) as AbortSignal
    const firstRevision = this.#starts++ * mostRevisions
    const before = this.#calls
    let isOpen = false
    await this.#released
    const thread: ServiceThread<MatcherService> = await ServiceThread.start(
      'matcher',
      worker,
      // A worker that dies while it opens is handled below.
      (reason) => {
        if (isOpen) this.#crash(reason, thread.end(reason), this.#calls > before)
      },
      stopped,
    )
    if (onStoreChange !== undefined) thread.hear(storeChanges, onStoreChange as (change: unknown) => void)
    const stop = (): void => void thread.end(stopped.reason)
    stopped.addEventListener('abort', stop, { once: true })
    try {
      stopped.throwIfAborted()
      const opening = (): Promise<RecognitionModel> =>
        thread.ask((remote) => remote.open({ ...settings, firstRevision }))
      this.#model = await thread.hearing(openingCall, listener.hear, opening)
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

/** Aborted when one of the two is. */
function either(one: AbortSignal | undefined, other: AbortSignal | undefined): AbortSignal | undefined {
  return one === undefined || other === undefined ? (one ?? other) : AbortSignal.any([one, other])
}
