import { createMatcher, type LocalMatcher, type Store } from '@visavis/core'
import { colorRecognizer } from '../support/color-recognizer.ts'
import type { DyingStore } from './dying-store.ts'
import type { Home, HomeModels } from './home.ts'
import type { Crash } from './step.ts'

/** A gallery in this process, whose store can die. */
export abstract class LocalHome implements Home {
  #dying!: DyingStore
  #matcher!: LocalMatcher

  /** Opens what is left of the store: as it can die, and as a matcher takes it. */
  protected abstract openStore(): Promise<{ dying: DyingStore; store: Store }>

  get matcher(): LocalMatcher {
    return this.#matcher
  }

  get local(): LocalMatcher {
    return this.#matcher
  }

  async reopen(models: HomeModels): Promise<void> {
    await this.#matcher.close()
    await this.open(models)
  }

  async dieIn(crash: Crash, work: () => Promise<unknown>): Promise<{ hasDied: boolean }> {
    this.#dying.arm(crash)
    await work()
    this.#dying.disarm()
    return { hasDied: this.#dying.isDead }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#matcher.close()
  }

  protected async open({ modelId, previous }: HomeModels): Promise<void> {
    const { dying, store } = await this.openStore()
    this.#dying = dying
    this.#matcher = await createMatcher({
      recognizer: colorRecognizer(modelId),
      ...(previous !== undefined && { previous: colorRecognizer(previous) }),
      store,
    })
  }
}
