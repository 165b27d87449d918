import { checkHeldId, checkCollectionChanges, checkId, checkNewCollection } from '../options.ts'
import type { Collection, Collections, NewCollection } from '../searcher.ts'
import type { CollectionRecord } from '../store/store.ts'
import { checkNewCollectionName } from './checked-changes.ts'
import { describeCollection } from './describe-person.ts'
import type { Gallery } from './gallery.ts'

export class GalleryCollections implements Collections {
  readonly #gallery: Gallery

  constructor(gallery: Gallery) {
    this.#gallery = gallery
  }

  async create(collection: NewCollection): Promise<Collection> {
    const { id = crypto.randomUUID(), name, description = '' } = checkNewCollection(collection)
    return this.#gallery.write((held) => {
      checkNewCollectionName(id, held.collections)
      const now = new Date().toISOString()
      const record = { id, name, description, createdAt: now, modifiedAt: now }
      return {
        changes: [{ kind: 'put_collection', collection: record }],
        answer: () => describeCollection(held, record),
      }
    })
  }

  async get(id: string): Promise<Collection | null> {
    this.#gallery.check()
    checkId('id', id)
    await this.#gallery.catchUp()
    const record = this.#gallery.held.collections.get(id)
    return record === undefined ? null : describeCollection(this.#gallery.held, record)
  }

  async list(): Promise<Collection[]> {
    this.#gallery.check()
    await this.#gallery.catchUp()
    return [...this.#gallery.held.collections.values()].map((record) => describeCollection(this.#gallery.held, record))
  }

  async update(id: string, changes: { name?: string; description?: string }): Promise<Collection> {
    checkId('id', id)
    const checked = checkCollectionChanges(changes)
    return this.#gallery.write((held) => {
      const before = this.#gallery.findCollection(id)
      const { name = before.name, description = before.description } = checked
      const record: CollectionRecord = { ...before, name, description, modifiedAt: new Date().toISOString() }
      return {
        changes: [{ kind: 'put_collection', collection: record }],
        answer: () => describeCollection(held, record),
      }
    })
  }

  async delete(id: string): Promise<void> {
    checkHeldId(id)
    return this.#gallery.write(() => {
      this.#gallery.findCollection(id)
      return { changes: [{ kind: 'delete_collection', id }], answer: () => undefined }
    })
  }
}
