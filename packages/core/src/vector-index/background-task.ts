/** How long one slice of background work keeps the thread, milliseconds. */
const sliceMilliseconds = 4

/** Work in small steps, done in short slices between whatever else the thread has to do. */
export class BackgroundTask {
  readonly #finished: Promise<void>
  #timer: ReturnType<typeof setTimeout> | undefined
  #steps: Iterator<unknown> | undefined
  #finish: () => void = () => {}
  #fail: (error: unknown) => void = () => {}

  /** @param onStep Is told what each slice's last step yielded. */
  constructor(steps: Iterator<number>, onStep: (share: number) => void) {
    this.#steps = steps
    this.#finished = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
    // Whoever does not wait for it need not hear of its failure.
    this.#finished.catch(() => {})
    this.#schedule(() => this.#slice(steps, onStep))
  }

  /** Resolves when the work is done or was canceled; rejects where it failed. */
  get finished(): Promise<void> {
    return this.#finished
  }

  get running(): boolean {
    return this.#steps !== undefined
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#steps?.return?.()
    this.#end()
    this.#finish()
  }

  #slice(steps: Iterator<number>, onStep: (share: number) => void): void {
    try {
      const until = performance.now() + sliceMilliseconds
      for (;;) {
        const { done, value } = steps.next()
        if (done) {
          this.#end()
          this.#finish()
          return
        }
        if (performance.now() < until) continue
        onStep(value)
        break
      }
      if (this.running) this.#schedule(() => this.#slice(steps, onStep))
    } catch (error) {
      this.#end()
      this.#fail(error)
    }
  }

  #schedule(slice: () => void): void {
    this.#timer = setTimeout(slice, 0)
    // It is no reason for a process to stay.
    if (typeof this.#timer === 'object') this.#timer.unref()
  }

  #end(): void {
    this.#steps = undefined
  }
}
