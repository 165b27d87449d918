/** How long one slice of background work keeps the thread, milliseconds. */
const sliceMilliseconds = 4

/** Work in small steps, run in short slices so that it does not block the thread. */
export class BackgroundTask {
  readonly #finished: Promise<void>
  readonly #onStep: (share: number) => void
  #steps: Iterator<number> | undefined
  #finish: () => void = () => {}
  #fail: (error: unknown) => void = () => {}
  #cancelNext: () => void = () => {}
  /** In Node: whether the process stays for it. */
  #held = false
  #immediate: NodeJS.Immediate | undefined

  /** @param onStep Called with what each slice's last step yielded. */
  constructor(steps: Iterator<number>, onStep: (share: number) => void) {
    this.#steps = steps
    this.#onStep = onStep
    this.#finished = new Promise((resolve, reject) => {
      this.#finish = resolve
      this.#fail = reject
    })
    // Callers may leave it unawaited: no unhandled rejection.
    this.#finished.catch(() => {})
    this.#schedule()
  }

  get running(): boolean {
    return this.#steps !== undefined
  }

  /** Resolves when the work is done or was canceled; rejects where it failed. */
  get finished(): Promise<void> {
    return this.#finished
  }

  /** As {@link finished}; awaiting it keeps a Node process alive, while the work itself does not. */
  wait(): Promise<void> {
    this.#held = true
    this.#immediate?.ref()
    return this.#finished
  }

  cancel(): void {
    this.#cancelNext()
    this.#steps?.return?.()
    this.#steps = undefined
    this.#finish()
  }

  #slice(): void {
    const steps = this.#steps
    if (steps === undefined) return
    try {
      const until = performance.now() + sliceMilliseconds
      for (;;) {
        const { done, value } = steps.next()
        if (done === true) {
          this.#steps = undefined
          this.#finish()
          return
        }
        if (performance.now() < until) continue
        this.#onStep(value)
        break
      }
      // The callback may have canceled it.
      if (this.running) this.#schedule()
    } catch (error) {
      this.#steps = undefined
      this.#fail(error)
    }
  }

  /** Timers would be slow: browsers delay nested ones. */
  #schedule(): void {
    if (typeof setImmediate === 'function') {
      const immediate = setImmediate(() => this.#slice())
      if (!this.#held) immediate.unref()
      this.#immediate = immediate
      this.#cancelNext = () => clearImmediate(immediate)
      return
    }
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      this.#slice()
    })
    port1.start()
    port2.postMessage(undefined)
    this.#cancelNext = () => port1.close()
  }
}
