import { createMatcher, memoryStore, type LocalMatcher, type Store } from '@visavis/core'
import { colorRecognizer } from '../support/color-recognizer.ts'
import { DyingStore } from './dying-store.ts'
import type { Home, HomeModels } from './home.ts'
import type { Crash } from './step.ts'

/** A gallery whose store is in memory, and outlives its matcher. */
export class MemoryHome implements Home {
  readonly #kept: Store = Object.assign(memoryStore(), { close: async () => {} })
  #store!: DyingStore
  #matcher!: LocalMatcher

  static async open(modelId: string): Promise<MemoryHome> {
    const home = new MemoryHome()
    await home.#open({ modelId, previous: undefined })
    return home
  }

  get matcher(): LocalMatcher {
    return this.#matcher
  }

  get local(): LocalMatcher {
    return this.#matcher
  }

  async reopen(models: HomeModels): Promise<void> {
    await this.#matcher.close()
    await this.#open(models)
  }

  async dieIn(crash: Crash, work: () => Promise<unknown>): Promise<{ hasDied: boolean }> {
    this.#store.arm(crash)
    await work()
    this.#store.disarm()
    return { hasDied: this.#store.isDead }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#matcher.close()
  }

  async #open({ modelId, previous }: HomeModels): Promise<void> {
    // What is written is there at once.
    this.#store = new DyingStore(this.#kept, async ({ run }, share) => (share < 0.5 ? undefined : run()))
    this.#matcher = await createMatcher({
      recognizer: colorRecognizer(modelId),
      ...(previous !== undefined && { previous: colorRecognizer(previous) }),
      store: this.#store,
    })
  }
}
