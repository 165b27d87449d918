const minute = 60_000
/** How long after a sync of a collection the next one begins, milliseconds. */
export const usualPause: number = 15 * minute

interface Turn {
  /** By `performance.now()`. */
  dueAt: number
  /** How often it has failed since it went well. */
  failures: number
}

/**
 * Schedules the syncs of collections: one after the other, at intervals, sooner after a failure, and at once when a
 * cause of failure is gone.
 */
export class SyncSchedule {
  readonly #run: (id: string) => Promise<boolean>
  readonly #onPlanned: () => void
  readonly #turns: Map<string, Turn> = new Map()
  #timer: ReturnType<typeof setTimeout> | undefined
  #isRunning = false
  #isPaused = true

  /**
   * @param run Syncs one of them, and resolves to whether it succeeded.
   * @param onPlanned Called when the next sync of one is scheduled.
   */
  constructor(run: (id: string) => Promise<boolean>, onPlanned: () => void) {
    this.#run = run
    this.#onPlanned = onPlanned
  }

  /** Nothing begins while it is paused, as it is at first; what is due then begins afterwards. */
  set isPaused(isPaused: boolean) {
    this.#isPaused = isPaused
    this.#arm()
  }

  /** @param delay milliseconds */
  plan(id: string, delay: number): void {
    this.#turns.set(id, { dueAt: performance.now() + delay, failures: this.#turns.get(id)?.failures ?? 0 })
    this.#arm()
  }

  drop(id: string): void {
    this.#turns.delete(id)
  }

  /** All of them now. */
  hurry(): void {
    for (const turn of this.#turns.values()) turn.dueAt = performance.now()
    this.#arm()
  }

  /** How long until the next turn, milliseconds; `undefined` where there is none. */
  dueIn(id: string): number | undefined {
    const turn = this.#turns.get(id)
    return turn === undefined ? undefined : Math.max(0, turn.dueAt - performance.now())
  }

  #arm(): void {
    clearTimeout(this.#timer)
    const [first] = this.#inOrder()
    if (this.#isPaused || this.#isRunning || first === undefined) return
    const [, { dueAt }] = first
    this.#timer = setTimeout(() => void this.#work(), Math.max(0, dueAt - performance.now()))
  }

  async #work(): Promise<void> {
    this.#isRunning = true
    for (let id = this.#due(); id !== undefined; id = this.#due()) {
      const failures = (this.#turns.get(id) as Turn).failures
      const turn = { dueAt: Number.POSITIVE_INFINITY, failures }
      this.#turns.set(id, turn)
      turn.failures = (await this.#run(id)) ? 0 : failures + 1
      // It may have been dropped meanwhile, or planned anew.
      if (this.#turns.get(id) === turn && turn.dueAt === Number.POSITIVE_INFINITY) {
        turn.dueAt = performance.now() + pauseAfter(turn.failures)
      }
      this.#onPlanned()
    }
    this.#isRunning = false
    this.#arm()
  }

  #due(): string | undefined {
    const [first] = this.#inOrder()
    return !this.#isPaused && first !== undefined && first[1].dueAt <= performance.now() ? first[0] : undefined
  }

  #inOrder(): [string, Turn][] {
    return [...this.#turns].sort(([, a], [, b]) => a.dueAt - b.dueAt)
  }
}

/** A minute after the first failure, then twice as long each time, up to the usual. Milliseconds. */
function pauseAfter(failures: number): number {
  return failures === 0 ? usualPause : Math.min(usualPause, minute * 2 ** (failures - 1))
}
