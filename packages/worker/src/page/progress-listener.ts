/** A caller's progress function. Where it throws, the work ends with what it threw. */
export class ProgressListener {
  readonly #onProgress: (progress: never) => void
  readonly #failed: AbortController = new AbortController()

  constructor(onProgress: (progress: never) => void) {
    this.#onProgress = onProgress
  }

  /** Aborted where it has thrown, with what it threw. */
  get failed(): AbortSignal {
    return this.#failed.signal
  }

  readonly hear = (progress: unknown): void => {
    if (this.failed.aborted) return
    try {
      this.#onProgress(progress as never)
    } catch (error) {
      this.#failed.abort(error)
    }
  }
}
