import { isVisavisError, VisavisError } from '@visavis/core'
import { wrap, type Remote } from 'comlink'
import { fromFailure, type Outcome } from '../failure.ts'
import { nodeWorker } from '../node-worker.ts'
import { protocolVersion, type Greeting, type ToldProgress } from '../protocol.ts'
import { webWorker } from '../web-worker.ts'
import type { WorkerHandle, WorkerSource } from './worker-handle.ts'

/** What every service in a worker answers. */
export interface Service {
  hello(): number
  /** The caller has aborted this call. */
  abort(call: number): void
  close(): Promise<Outcome<void>>
}

/** How long a worker may take to close before it is ended all the same, milliseconds. */
const closingTime = 10_000

/**
 * A worker with a service in it, from its start to its end. Questions are put through comlink, and none is left
 * without an answer: when the worker dies, all that are open reject.
 */
export class ServiceThread<S extends Service> {
  readonly #handle: WorkerHandle
  readonly #port: MessagePort
  readonly #remote: Remote<S>
  readonly #open: Set<(reason: unknown) => void> = new Set()
  readonly #listeners: Map<number, (progress: unknown) => void> = new Map()
  readonly #onDeath: (reason: VisavisError) => void
  #greeted = false
  #dead: VisavisError | undefined
  #ended: Promise<void> | undefined

  /**
   * @param onDeath is called once if the worker dies by itself after it has started; not where it is ended here.
   * @throws VisavisError `worker_load_failed` where the worker does not start; the signal's reason.
   */
  static async start<S extends Service>(
    service: Greeting['visavis'],
    source: WorkerSource | undefined,
    onDeath: (reason: VisavisError) => void,
    signal?: AbortSignal,
  ): Promise<ServiceThread<S>> {
    signal?.throwIfAborted()
    const thread = new ServiceThread<S>(startWorker(source), service, onDeath)
    try {
      await thread.#greet(signal)
    } catch (error) {
      await thread.end(new VisavisError('worker_closed', 'The worker was ended before it had started.'))
      throw error
    }
    return thread
  }

  private constructor(handle: WorkerHandle, service: Greeting['visavis'], onDeath: (reason: VisavisError) => void) {
    this.#handle = handle
    this.#onDeath = onDeath
    const { port1, port2 } = new MessageChannel()
    this.#port = port1
    this.#remote = wrap<S>(port1)
    port1.addEventListener('message', ({ data }: MessageEvent<Partial<ToldProgress> | undefined>) => {
      if (data?.visavis === 'progress') this.#listeners.get(data.call as number)?.(data.progress)
    })
    handle.onDeath((cause) => this.#die(cause))
    const greeting: Greeting = { visavis: service, port: port2, lock: handle.lock }
    handle.post(greeting, [port2])
  }

  /**
   * The answer to a question.
   *
   * @param signal whose reason a call that the worker calls aborted rejects with.
   * @throws VisavisError `worker_crashed` where the worker dies before it answers, and what the answer says.
   */
  async ask<T>(question: (remote: Remote<S>) => Promise<Outcome<T>>, signal?: AbortSignal): Promise<T> {
    const outcome = await this.#race(() => question(this.#remote).catch(unsendable))
    if (outcome.kind === 'value') return outcome.value
    if (outcome.kind === 'aborted') throw signal?.reason
    throw fromFailure(outcome.failure)
  }

  /**
   * Forwards the progress of a call to a listener, as long as the work takes.
   *
   * @param listener must not throw.
   */
  async hearing<T>(call: number, listener: (progress: unknown) => void, work: () => Promise<T>): Promise<T> {
    this.#listeners.set(call, listener)
    try {
      return await work()
    } finally {
      this.#listeners.delete(call)
    }
  }

  /** Forwards what the worker sends under a number to a listener, for as long as it lives. */
  hear(call: number, listener: (told: unknown) => void): void {
    this.#listeners.set(call, listener)
  }

  /** Tells the worker that the caller has aborted this call. */
  abort(call: number): void {
    // Stays unanswered where the worker dies meanwhile; the call itself rejects then.
    if (this.#dead === undefined) void this.#service.abort(call)
  }

  /** Lets the service close, then ends the worker. What is open then rejects with `reason`. */
  async close(reason: VisavisError): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const slow = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closingTime)
    })
    try {
      await Promise.race([this.ask(() => this.#service.close()), slow])
    } catch (error) {
      // Nothing is left to close of a worker that died.
      if (!isVisavisError(error, 'worker_crashed')) throw error
    } finally {
      clearTimeout(timer)
      await this.end(reason)
    }
  }

  /** Ends the worker at once. What is open rejects with `reason`. */
  end(reason: VisavisError): Promise<void> {
    this.#dead ??= reason
    this.#ended ??= this.#release()
    return this.#ended
  }

  /** The calls that every service has, as they are from here. */
  get #service(): { hello(): Promise<number>; abort(call: number): Promise<void>; close: Service['close'] } {
    return this.#remote as never
  }

  async #release(): Promise<void> {
    for (const reject of [...this.#open]) reject(this.#dead)
    this.#port.close()
    await this.#handle.terminate()
  }

  async #greet(signal: AbortSignal | undefined): Promise<void> {
    const version = await this.#race(() => this.#service.hello(), signal)
    this.#greeted = true
    if (version !== protocolVersion) {
      throw new VisavisError(
        'worker_load_failed',
        `The worker of ${this.#handle.origin} is of another version of visavis; serve the file of the installed one.`,
      )
    }
    this.#handle.watch()
  }

  #die(cause: unknown): void {
    if (this.#dead !== undefined) return
    const why = cause instanceof Error ? ` (${cause.message})` : ''
    const options = cause === undefined ? {} : { cause }
    if (this.#greeted) {
      const reason = new VisavisError(
        'worker_crashed',
        `The worker died${why} before it could answer; ask again.`,
        options,
      )
      void this.end(reason)
      this.#onDeath(reason)
    } else {
      const advice =
        'see that the file is served as JavaScript and that worker-src allows it, or pass the option `worker`'
      const message = `The worker could not be started from ${this.#handle.origin}${why}; ${advice}.`
      void this.end(new VisavisError('worker_load_failed', message, options))
    }
  }

  /** The answer, or why there will be none. */
  #race<T>(question: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead)
    return new Promise<T>((resolve, reject) => {
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort)
        this.#open.delete(refuse)
        this.#hold()
      }
      const refuse = (reason: unknown): void => {
        settle()
        reject(reason)
      }
      const onAbort = (): void => refuse(signal?.reason)
      this.#open.add(refuse)
      this.#hold()
      signal?.addEventListener('abort', onAbort, { once: true })
      question().finally(settle).then(resolve, reject)
    })
  }

  /** In Node an idle worker keeps no process alive, as a matcher in this thread does not. */
  #hold(): void {
    const held = this.#open.size > 0
    this.#handle.hold(held)
    const port = this.#port as MessagePort & { ref?(): void; unref?(): void }
    if (held) port.ref?.()
    else port.unref?.()
  }
}

/** What a message cannot hold is refused before it leaves; everything else comes as an outcome. */
function unsendable(error: unknown): never {
  if ((error as Error | null)?.name !== 'DataCloneError') throw error
  const message = 'Something that was passed cannot be sent to a worker; pass plain values and pictures.'
  throw new VisavisError('invalid_option', message, { cause: error })
}

function startWorker(source: WorkerSource | undefined): WorkerHandle {
  try {
    return isNode() ? nodeWorker(source) : webWorker(source)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unknown reason'
    throw new VisavisError(
      'worker_load_failed',
      `The worker could not be started (${why}); pass its file, from this page's origin, in the option \`worker\`.`,
      { cause },
    )
  }
}

/** A process without a page's Web Workers; Electron's pages have both, and work as pages do. */
function isNode(): boolean {
  const { process } = globalThis as { process?: { getBuiltinModule?: unknown } }
  return typeof process?.getBuiltinModule === 'function' && typeof Worker !== 'function'
}
