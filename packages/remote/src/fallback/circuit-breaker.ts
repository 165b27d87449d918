import type { ErrorCode } from '@visavis/core'

export interface CircuitBreakerOptions {
  /** After how many failures in a row nothing is sent for a while. @default 1 */
  failures?: number
  /** For how long at first, milliseconds; twice as long each time the next try fails, too. @default 15000 */
  pause?: number
  /** Milliseconds. @default 300000 */
  longestPause?: number
}

/**
 * Keeps calls from a service that fails: after failures it lets no call through for a pause, then one to try, and all
 * calls again when that one succeeds.
 */
export class CircuitBreaker {
  readonly #options: Required<CircuitBreakerOptions>
  readonly #now: () => number
  #failures = 0
  #pause = 0
  #opensAgain = 0
  #isTrying = false
  #code: ErrorCode | undefined

  /** @param now Milliseconds of a monotonic clock. */
  constructor(options: CircuitBreakerOptions = {}, now: () => number = () => performance.now()) {
    const { failures = 1, pause = 15_000, longestPause = 300_000 } = options
    this.#options = { failures, pause, longestPause }
    this.#now = now
  }

  /** What went wrong last, while calls are kept away; `undefined` otherwise. */
  get code(): ErrorCode | undefined {
    return this.#pause === 0 ? undefined : this.#code
  }

  /** Whether a call may go through. A call that is let through reports how it went: `succeed`, `fail` or `leave`. */
  enter(): boolean {
    if (this.#pause === 0) return true
    if (this.#isTrying || this.#now() < this.#opensAgain) return false
    this.#isTrying = true
    return true
  }

  succeed(): void {
    this.#isTrying = false
    this.#failures = 0
    this.#pause = 0
  }

  /** @returns For how long calls are kept away now, milliseconds; 0 where they are not, or were already. */
  fail(code: ErrorCode): number {
    const { failures, pause, longestPause } = this.#options
    this.#code = code
    this.#failures++
    // Calls that were under way when it opened fail late, and say nothing new.
    if (this.#failures < failures || (this.#pause > 0 && !this.#isTrying)) return 0
    this.#isTrying = false
    this.#pause = this.#pause === 0 ? pause : Math.min(longestPause, this.#pause * 2)
    this.#opensAgain = this.#now() + this.#pause
    return this.#pause
  }

  /** The call ended without showing anything. */
  leave(): void {
    this.#isTrying = false
  }
}
