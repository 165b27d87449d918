import type { Store } from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import { DyingStore } from './dying-store.ts'
import { LocalHome } from './local-home.ts'

/** A gallery in the database of a page. */
export class IndexedDbHome extends LocalHome {
  readonly #name: string = `visavis-sequence-${crypto.randomUUID()}`

  static async open(modelId: string): Promise<IndexedDbHome> {
    const home = new IndexedDbHome()
    await home.open({ modelId, previous: undefined })
    return home
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]()
    indexedDB.deleteDatabase(this.#name)
  }

  protected async openStore(): Promise<{ dying: DyingStore; store: Store }> {
    const database = await indexedDbStore({ name: this.#name })
    await database.checkIntegrity()
    // A transaction is there as a whole or not at all, as the crashes of real pages show; see test/browser/indexeddb-crash.test.ts.
    const dying = new DyingStore(database, async ({ run }, share) => {
      if (share >= 0.5) await run()
      await database.close()
    })
    return { dying, store: dying }
  }
}
