import { memoryStore, type Store } from '@visavis/core'
import { DyingStore } from './dying-store.ts'
import { LocalHome } from './local-home.ts'

/** A gallery whose store is in memory, and outlives its matcher. */
export class MemoryHome extends LocalHome {
  readonly #kept: Store = Object.assign(memoryStore(), { close: async () => {} })

  static async open(modelId: string): Promise<MemoryHome> {
    const home = new MemoryHome()
    await home.open({ modelId, previous: undefined })
    return home
  }

  protected async openStore(): Promise<{ dying: DyingStore; store: Store }> {
    // What is written is there at once.
    const dying = new DyingStore(this.#kept, async ({ run }, share) => (share < 0.5 ? undefined : run()))
    return { dying, store: dying }
  }
}
