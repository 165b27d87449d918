/** The most calls that are sent; each attempt counts, since each is billed. */
export interface CallBudgetOptions {
  /** In any minute. @default without limit */
  callsPerMinute?: number
  /** In any 24 hours of this client's life: what was spent before it was created is not known. @default without limit */
  callsPerDay?: number
}

const parts = 60

/** Counts calls in a window that slides by a sixtieth of its length. */
class SlidingWindow {
  readonly #limit: number
  readonly #step: number
  /** How many calls there were in the step of this number. */
  readonly #counts: Map<number, number> = new Map()

  constructor(limit: number, milliseconds: number) {
    this.#limit = limit
    this.#step = milliseconds / parts
  }

  isFull(now: number): boolean {
    const oldest = Math.floor(now / this.#step) - parts
    let sum = 0
    for (const [step, count] of this.#counts) {
      if (step < oldest) this.#counts.delete(step)
      else sum += count
    }
    return sum >= this.#limit
  }

  add(now: number): void {
    const step = Math.floor(now / this.#step)
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + 1)
  }
}

/** Each call costs credits: refuses calls beyond what the caller wants to spend. */
export class CallBudget {
  readonly #windows: SlidingWindow[]
  readonly #now: () => number

  /** @param now Milliseconds of a monotonic clock. */
  constructor({ callsPerMinute, callsPerDay }: CallBudgetOptions = {}, now: () => number = () => performance.now()) {
    this.#windows = [
      ...(callsPerMinute === undefined ? [] : [new SlidingWindow(callsPerMinute, 60_000)]),
      ...(callsPerDay === undefined ? [] : [new SlidingWindow(callsPerDay, 86_400_000)]),
    ]
    this.#now = now
  }

  /** Takes one call out of the budget; `false` where there is none left. */
  take(): boolean {
    const now = this.#now()
    if (this.#windows.some((window) => window.isFull(now))) return false
    for (const window of this.#windows) window.add(now)
    return true
  }
}
