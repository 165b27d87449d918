/** A Web Lock that is waited for as long as it takes. */
export class AwaitedLock {
  /** Resolves when the lock is held; rejects where it was given up before, or the site may have none. */
  readonly granted: Promise<void>
  readonly #giveUp: AbortController = new AbortController()
  #end: (() => void) | undefined
  #isHeld = false
  #isReleased = false

  /** @param onStolen Called where another context takes the lock by `steal`. */
  constructor(name: string, onStolen: () => void) {
    this.granted = new Promise((resolve, reject) => {
      const hold = (): Promise<void> | undefined => {
        if (this.#isReleased) return undefined
        this.#isHeld = true
        resolve()
        return new Promise((end) => {
          this.#end = end
        })
      }
      navigator.locks.request(name, { signal: this.#giveUp.signal }, hold).catch((error: unknown) => {
        if (!this.#isHeld) reject(error)
        else if (!this.#isReleased) onStolen()
      })
    })
    // Callers may leave it unawaited: no unhandled rejection.
    this.granted.catch(() => undefined)
  }

  /** Whether it is held within so many milliseconds; goes on waiting where not. @throws what `granted` rejects with */
  async heldWithin(milliseconds: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), milliseconds)
    })
    try {
      return await Promise.race([this.granted.then(() => true), late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Releases the lock, or stops waiting for it. */
  release(): void {
    this.#isReleased = true
    this.#giveUp.abort()
    this.#end?.()
  }
}
