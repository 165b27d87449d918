/** What a deadline aborts with, told from a caller's own reason by identity. */
export const timedOut: unique symbol = Symbol('timed out')

/** A signal that follows another one, and aborts by itself when the time is up. */
export class Deadline {
  readonly #controller: AbortController = new AbortController()
  readonly #parent: AbortSignal | undefined
  readonly #timer: ReturnType<typeof setTimeout>
  readonly #ends: number

  /** @param parent May be aborted already, and so is the deadline then. */
  constructor(milliseconds: number, parent?: AbortSignal) {
    this.#parent = parent
    this.#ends = performance.now() + milliseconds
    this.#timer = setTimeout(() => this.#controller.abort(timedOut), milliseconds)
    if (parent?.aborted === true) this.#follow()
    else parent?.addEventListener('abort', this.#follow)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Milliseconds that are left. */
  get left(): number {
    return Math.max(0, this.#ends - performance.now())
  }

  /**
   * What the promise gives, or as soon as the signal is aborted a rejection with its reason; the promise is left alone
   * then, and what becomes of it is dropped.
   */
  race<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error)
      if (signal.aborted) stop()
      else signal.addEventListener('abort', stop)
      promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
    })
  }

  /** Waits, milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const waiting = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds)
    })
    try {
      await this.race(waiting)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Stops the clock. */
  end(): void {
    clearTimeout(this.#timer)
    this.#parent?.removeEventListener('abort', this.#follow)
  }

  readonly #follow = (): void => this.#controller.abort(this.#parent?.reason)
}

/** Does work that has so many milliseconds; the work stops when the deadline's signal is aborted. */
export async function withDeadline<T>(
  milliseconds: number,
  parent: AbortSignal | undefined,
  work: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  const deadline = new Deadline(milliseconds, parent)
  try {
    return await work(deadline)
  } finally {
    deadline.end()
  }
}
