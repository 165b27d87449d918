/** Runs one task after the other; one that fails does not stop the next. */
export class WriteQueue {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }

  /** Resolves when all tasks that were queued before are done. */
  async idle(): Promise<void> {
    await this.#last
  }
}
