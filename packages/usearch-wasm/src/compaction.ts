import { checkInteger } from './arguments.ts'
import type { Engine } from './engine.ts'

export interface CompactOptions {
  /** How long to work before others get their turn, milliseconds, 1 to 1,000. @default 8 */
  sliceMs?: number
  signal?: AbortSignal
  /** After each slice: how many of how many vectors are in the new graph. */
  onProgress?: (done: number, total: number) => void
}

/**
 * Fills a new engine with what an old one holds, tombstones left out, while the old one goes on answering and changing.
 */
export class Compaction {
  readonly #from: Engine
  readonly #sliceMs: number
  readonly #options: CompactOptions
  readonly #changed: Set<number> = new Set()
  #sliceEnd = 0

  constructor(from: Engine, options: CompactOptions) {
    const { sliceMs = 8 } = options
    checkInteger('sliceMs', sliceMs, 1, 1000)
    this.#from = from
    this.#sliceMs = sliceMs
    this.#options = options
  }

  /** To be called with every key that is added to the old engine or removed from it meanwhile. */
  changed(key: number): void {
    this.#changed.add(key)
  }

  /** Fills `to`, calls `finish` at a moment when the two hold the same, and then disposes of the old one. */
  async run(to: Engine, finish: () => void): Promise<void> {
    const keys = this.#from.keys()
    to.reserveTables(keys.length)
    this.#startSlice()
    for (const [done, key] of keys.entries()) {
      this.#copy(to, key)
      if (this.#isSliceOver()) await this.#pause(done + 1, keys.length)
    }
    // What changed meanwhile, and what changes while that is caught up with.
    for (const key of this.#changed) {
      this.#changed.delete(key)
      to.remove(key)
      this.#copy(to, key)
      if (this.#isSliceOver()) await this.#pause(keys.length, keys.length)
    }
    finish()
    for (const _ of this.#from.disposeInSteps()) if (this.#isSliceOver()) await this.#rest()
  }

  #copy(to: Engine, key: number): void {
    if (this.#from.contains(key) && !to.contains(key)) to.copyFrom(this.#from, key)
  }

  async #pause(done: number, total: number): Promise<void> {
    this.#options.onProgress?.(done, total)
    await this.#rest()
    this.#options.signal?.throwIfAborted()
    this.#from.checkOpen()
  }

  async #rest(): Promise<void> {
    await new Promise((resolve) => {
      setTimeout(resolve)
    })
    this.#startSlice()
  }

  #isSliceOver(): boolean {
    return performance.now() >= this.#sliceEnd
  }

  #startSlice(): void {
    this.#sliceEnd = performance.now() + this.#sliceMs
  }
}
