import type { SyncProgress } from './sync-report.ts'

/** Rates are those of the last so many milliseconds: an interrupted sync runs over what it has much faster than on. */
const window = 10_000

/** Counts what a sync does, and reports it at most ten times a second. */
export class SyncMeter {
  readonly #onProgress: ((progress: SyncProgress) => void) | undefined
  #phase: SyncProgress['phase'] = 'reading'
  #reading = 0
  #people = 0
  #total: number | undefined
  #pictures = 0
  #samples: { at: number; people: number }[] = []
  #told = Number.NEGATIVE_INFINITY

  constructor(onProgress: ((progress: SyncProgress) => void) | undefined) {
    this.#onProgress = onProgress
  }

  get pictures(): number {
    return this.#pictures
  }

  enter(phase: SyncProgress['phase'], total?: number): void {
    this.#phase = phase
    if (phase === 'reading') this.#reading++
    this.#people = 0
    this.#total = total
    this.#samples = [{ at: performance.now(), people: 0 }]
    this.#tell()
  }

  expect(total: number): void {
    this.#total = total
  }

  advance(pictures = 0): void {
    this.#people++
    this.#pictures += pictures
    const now = performance.now()
    if (now - this.#told >= 100 || this.#people === this.#total) this.#tell()
  }

  #tell(): void {
    if (this.#onProgress === undefined) return
    const now = performance.now()
    this.#told = now
    this.#samples.push({ at: now, people: this.#people })
    while (this.#samples.length > 2 && now - (this.#samples[0] as { at: number }).at > window) this.#samples.shift()
    const { at, people } = this.#samples[0] as { at: number; people: number }
    const perSecond = now > at ? ((this.#people - people) / (now - at)) * 1000 : 0
    const isTimed = this.#total !== undefined && perSecond > 0
    this.#onProgress({
      phase: this.#phase,
      people: this.#people,
      total: this.#total,
      reading: this.#reading,
      pictures: this.#pictures,
      peoplePerSecond: perSecond,
      timeLeft: isTimed ? (Math.max(0, (this.#total as number) - this.#people) / perSecond) * 1000 : undefined,
    })
  }
}
