import { VisavisError } from '../errors.ts'
import { headerKey } from '../store/encrypted/encryption-header.ts'
import type { ForeignChanges, PersonTemplates, Store } from '../store/store.ts'
import { syncTimeKey } from './collection-ages.ts'
import type { News } from './news.ts'

/** Called when another tab or worker has changed the store. */
export type OnStoreChange = (change: {
  /** Whether another one may write to the store, so that writes are refused here. */
  isReading: boolean
}) => void

/** A store that other tabs or workers may write to. */
type SharedStore = Store & Required<Pick<Store, 'changesSince' | 'newsSince'>>

/** The gallery, as far as this class needs it. */
interface Follower {
  /** @throws VisavisError `matcher_closed` */
  check(): void
  /** Puts what other writers have changed into memory, in one step. */
  takeIn(news: News): Promise<void>
  /** Resolves when no copy of what memory has dropped is left beside the store. */
  finishErasing(): Promise<void>
  /** Erases what an unfinished import has staged. */
  clearImport(): Promise<void>
}

/** Reads what other writers have changed in a gallery's store. */
export class FollowedChanges {
  readonly #store: SharedStore
  readonly #onChange: OnStoreChange
  #revision: number
  #isReading: boolean
  /** Whether an earlier writer may have left an import unfinished. */
  #isImportLeft: boolean

  private constructor(store: SharedStore, revision: number, onChange: OnStoreChange) {
    this.#store = store
    this.#onChange = onChange
    this.#revision = revision
    this.#isReading = store.isReading === true
    this.#isImportLeft = this.#isReading
  }

  /** Called before anything is read; `undefined` for a store that has no other writer. */
  static async of(store: Store, onChange: OnStoreChange = () => {}): Promise<FollowedChanges | undefined> {
    return isShared(store) ? new FollowedChanges(store, (await store.changesSince()).revision, onChange) : undefined
  }

  /** The changes that memory does not have yet; `undefined` where there are none. */
  async missing(): Promise<ForeignChanges | undefined> {
    const revision = this.#revision
    const changes = await this.#store.changesSince(revision)
    return changes.revision === revision ? undefined : changes
  }

  /**
   * Puts what other writers have changed into the gallery's memory. Called in its turn among the writes.
   *
   * @throws VisavisError `gallery_full`, `store_*`; nothing is changed then.
   */
  async catchUp(gallery: Follower): Promise<void> {
    const isReading = this.#store.isReading === true
    const isBehind = (await this.missing()) !== undefined
    if (isBehind) {
      const news = await this.#read(() => gallery.check())
      await gallery.takeIn(news)
      this.#revision = news.revision
      // Tells the store which revision memory is at.
      await this.missing()
      await gallery.finishErasing()
    }
    if (this.#isImportLeft && this.#store.isReading !== true) {
      await gallery.clearImport()
      this.#isImportLeft = false
    }
    if (!isBehind && isReading === this.#isReading) return
    this.#isReading = isReading
    // In a microtask of its own, so that what it throws does not reject the call that caught up.
    queueMicrotask(() => this.#onChange({ isReading }))
  }

  async #read(goOn: () => void): Promise<News> {
    const store = this.#store
    if ((await store.state(headerKey)) !== undefined) throw encrypted()
    // Read last: what is newer than the rest is read again with it, what is older would not be.
    const syncTimes = (): Promise<News['syncTimes']> => store.states(syncTimeKey(''))
    const news = await store.newsSince(this.#revision)
    const { persons: changed } = news
    if (changed !== undefined) return { ...news, changed, people: byId(news.people), syncTimes: await syncTimes() }
    for (let { revision } = news; ;) {
      const everybody = new Map<string, PersonTemplates>()
      for await (const person of store.templates()) {
        goOn()
        everybody.set(person.personId, person)
      }
      // People are read over some time; those who were changed meanwhile are read again.
      const last = await store.newsSince(revision)
      revision = last.revision
      if (last.persons === undefined) continue
      for (const id of last.persons) everybody.delete(id)
      for (const person of last.people) everybody.set(person.personId, person)
      return { ...last, changed: undefined, people: everybody, syncTimes: await syncTimes() }
    }
  }
}

function isShared(store: Store): store is SharedStore {
  return store.changesSince !== undefined && store.newsSince !== undefined
}

function byId(people: readonly PersonTemplates[]): Map<string, PersonTemplates> {
  return new Map(people.map((person) => [person.personId, person]))
}

export function encrypted(): VisavisError {
  return new VisavisError(
    'store_key',
    'The people in this store are encrypted; open it with encryptedStore and its key.',
  )
}
