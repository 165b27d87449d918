import { checkHeldId, checkCollectionChanges, checkId, checkNewCollection } from '../options.ts'
import type { Collection, Collections, NewCollection } from '../searcher.ts'
import type { CollectionRecord } from '../store/store.ts'
import { checkNewCollectionName } from './checked-changes.ts'
import { syncTimeKey } from './collection-ages.ts'
import type { GalleryState } from './state.ts'
import { withTraces } from './traces.ts'

export class GalleryCollections implements Collections {
  readonly #state: GalleryState

  constructor(state: GalleryState) {
    this.#state = state
  }

  async create(collection: NewCollection): Promise<Collection> {
    const { id = crypto.randomUUID(), name, description = '' } = checkNewCollection(collection)
    return this.#state.write(async ({ store, collections }) => {
      checkNewCollectionName(id, collections)
      const now = new Date().toISOString()
      const record = { id, name, description, createdAt: now, modifiedAt: now }
      await store.write([{ kind: 'put_collection', collection: record }])
      collections.set(id, record)
      return this.#state.describeCollection(record)
    })
  }

  async get(id: string): Promise<Collection | null> {
    this.#state.check()
    checkId('id', id)
    await this.#state.catchUp()
    const record = this.#state.collections.get(id)
    return record === undefined ? null : this.#state.describeCollection(record)
  }

  async list(): Promise<Collection[]> {
    this.#state.check()
    await this.#state.catchUp()
    return [...this.#state.collections.values()].map((record) => this.#state.describeCollection(record))
  }

  async update(id: string, changes: { name?: string; description?: string }): Promise<Collection> {
    checkId('id', id)
    const checked = checkCollectionChanges(changes)
    return this.#state.write(async ({ store, collections }) => {
      const before = this.#state.findCollection(id)
      const { name = before.name, description = before.description } = checked
      const record: CollectionRecord = { ...before, name, description, modifiedAt: new Date().toISOString() }
      await store.write([{ kind: 'put_collection', collection: record }])
      collections.set(id, record)
      return this.#state.describeCollection(record)
    })
  }

  async delete(id: string): Promise<void> {
    checkHeldId(id)
    return this.#state.write(async ({ store, collections, gallery, ages }) => {
      this.#state.findCollection(id)
      await store.write(await withTraces(store, [{ kind: 'delete_collection', id }]))
      collections.delete(id)
      gallery.deleteCollection(id)
      ages.noteState(syncTimeKey(id), undefined)
      await this.#state.erased()
    })
  }
}
