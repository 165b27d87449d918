import { Refusal } from './refusal.ts'

export interface WorkQueueOptions {
  /** How much is done at once. */
  readonly concurrency: number
  /** How many may wait for it. */
  readonly waiting: number
  /** How long one waits at most, milliseconds. */
  readonly patience: number
}

interface Waiting {
  start(): void
}

/**
 * Runs so many tasks at once, lets a few wait, and refuses the rest at once: a caller that would wait long should
 * rather try again later.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions
  readonly #waiting: Set<Waiting> = new Set()
  #running = 0

  constructor(options: WorkQueueOptions) {
    this.#options = options
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** @throws Refusal 503 where too many wait, or the wait was too long; the signal's reason where it is aborted. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted()
    if (this.#running >= this.#options.concurrency || this.#waiting.size > 0) await this.#wait(signal)
    else this.#running++
    try {
      return await work()
    } finally {
      this.#running--
      // A recognizer may block this thread: connections get their turn between two tasks.
      setImmediate(() => this.#startNext())
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    const { waiting: most, patience } = this.#options
    if (this.#waiting.size >= most) return Promise.reject(overloaded())
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
        this.#waiting.delete(entry)
      }
      const giveUp = (): void => {
        leave()
        reject(signal.reason as Error)
      }
      const timer = setTimeout(() => {
        leave()
        reject(overloaded())
      }, patience)
      const entry: Waiting = {
        start() {
          leave()
          resolve()
        },
      }
      signal.addEventListener('abort', giveUp)
      this.#waiting.add(entry)
    })
  }

  #startNext(): void {
    const [next] = this.#waiting
    if (next === undefined || this.#running >= this.#options.concurrency) return
    // Counted at once, since `start` only resolves a promise: no other request may start before it continues.
    this.#running++
    next.start()
  }
}

function overloaded(): Refusal {
  return new Refusal(503, 'overloaded', 'ServiceUnavailable', { retryAfter: 1 })
}
