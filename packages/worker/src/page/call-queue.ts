import { VisavisError } from '@visavis/core'

/**
 * What happens to searches, verifications, comparisons and detections that are called while the worker is busy:
 *
 * - `reject`: up to `limit` wait; one more rejects with `worker_busy`.
 * - `drop_oldest`: up to `limit` wait; one more takes the place of the one that has waited longest, which rejects with
 *   `worker_busy`. For cameras: what is answered is never old.
 * - `wait`: all wait, in any number. For work that limits itself.
 *
 * Enrolling always waits its turn, and is never dropped.
 */
export type QueuePolicy = 'reject' | 'drop_oldest' | 'wait'

export interface QueueOptions {
  /** @default 'reject' */
  policy?: QueuePolicy
  /**
   * How many calls may wait besides the one that is worked on, 0 to 10,000; without meaning for `wait`.
   * @default 100
   */
  limit?: number
  /**
   * How many calls the worker is given at once, 1 to 64: more than one where its file has a recognizer that works on
   * several pictures, such as a pool. @default 1
   */
  atOnce?: number
}

interface Waiting {
  readonly droppable: boolean
  start(): void
  refuse(reason: unknown): void
}

const largestLimit = 10_000
const mostAtOnce = 64

/** Calls that take the worker's time, one or so many at once, begun in the order they were made. */
export class CallQueue {
  readonly #policy: QueuePolicy
  readonly #limit: number
  #waiting: Waiting[] = []
  readonly #atOnce: number
  #running = 0

  /** @throws VisavisError `invalid_option` */
  constructor({ policy = 'reject', limit = 100, atOnce = 1 }: QueueOptions = {}) {
    if (policy !== 'reject' && policy !== 'drop_oldest' && policy !== 'wait') {
      throw new VisavisError('invalid_option', "queue.policy must be 'reject', 'drop_oldest' or 'wait'.")
    }
    if (!Number.isInteger(limit) || limit < 0 || limit > largestLimit) {
      throw new VisavisError('invalid_option', `queue.limit must be a whole number from 0 to ${largestLimit}.`)
    }
    if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > mostAtOnce) {
      throw new VisavisError('invalid_option', `queue.atOnce must be a whole number from 1 to ${mostAtOnce}.`)
    }
    this.#policy = policy
    this.#atOnce = atOnce
    this.#limit = policy === 'wait' ? Infinity : limit
  }

  /**
   * Makes room for one more call that may be dropped; called before the caller's input is touched.
   *
   * @throws VisavisError `worker_busy`
   */
  makeRoom(): void {
    const droppable = this.#waiting.filter((waiting) => waiting.droppable)
    if (this.#running < this.#atOnce || droppable.length < this.#limit) return
    const [oldest] = droppable
    if (this.#policy === 'reject' || oldest === undefined) throw busy()
    this.#remove(oldest)
    oldest.refuse(busy())
  }

  /** Runs the work when everything before it is done, unless the signal is aborted by then. */
  async run<T>(work: () => Promise<T>, droppable: boolean, signal?: AbortSignal): Promise<T> {
    if (this.#running >= this.#atOnce) await this.#turn(droppable, signal)
    else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // Its place goes straight to the next one, so that no call that comes meanwhile goes before it.
      if (next === undefined) this.#running--
      else next.start()
    }
  }

  /** Refuses everything that waits. */
  clear(reason: unknown): void {
    for (const waiting of this.#waiting.splice(0)) waiting.refuse(reason)
  }

  #turn(droppable: boolean, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.#remove(waiting)
        waiting.refuse(signal?.reason)
      }
      const leave = (): void => signal?.removeEventListener('abort', onAbort)
      const waiting: Waiting = {
        droppable,
        start: () => {
          leave()
          resolve()
        },
        refuse: (reason) => {
          leave()
          reject(reason)
        },
      }
      this.#waiting.push(waiting)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  #remove(gone: Waiting): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== gone)
  }
}

function busy(): VisavisError {
  return new VisavisError(
    'worker_busy',
    'The worker is busy and enough calls wait; ask again when it has answered, or choose another `queue`.',
  )
}
