import { VisavisError } from '../errors.ts'
import type { Collection, Person } from '../searcher.ts'
import type { CollectionRecord, PersonRecord, Store, StoreChange } from '../store/store.ts'
import { WriteQueue } from '../store/write-queue.ts'
import { applyChanges } from './apply-changes.ts'
import type { CollectionAges } from './collection-ages.ts'
import type { Gallery } from './gallery.ts'

/** How often a reader that was overtaken by a write begins again before it waits its turn among the writes. */
const mostAttempts = 3

/** What the resources of a matcher share: the truth, its picture in memory, and the order of writes. */
export class GalleryState {
  readonly store: Store
  readonly gallery: Gallery
  readonly collections: Map<string, CollectionRecord>
  readonly ages: CollectionAges
  readonly #writes: WriteQueue = new WriteQueue()
  readonly #running: Set<Promise<unknown>> = new Set()
  #closed = false
  /** How many changes that a reader could see have begun or ended, and how many are under way. */
  #changes = 0
  #changing = 0

  constructor(store: Store, gallery: Gallery, collections: readonly CollectionRecord[], ages: CollectionAges) {
    this.store = store
    this.gallery = gallery
    this.ages = ages
    this.collections = new Map(collections.map((collection) => [collection.id, collection]))
  }

  /** @throws VisavisError `matcher_closed` */
  check(signal?: AbortSignal): void {
    signal?.throwIfAborted()
    if (this.#closed) throw new VisavisError('matcher_closed', 'The matcher was closed; create a new one.')
  }

  /**
   * Does the work of one call. Closing waits for it, so that nothing is taken away under it; work that takes long asks
   * `check` between its steps, and so ends early.
   */
  async run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    this.check(signal)
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  /**
   * Changes the gallery, one change after the other: the work writes to the store first, and touches memory only when
   * the store has the change for good.
   */
  async write<T>(work: (state: GalleryState) => Promise<T>): Promise<T> {
    this.check()
    return this.#writes.run(() => this.change(() => work(this)))
  }

  /** The part of a write in which store and memory differ: readers wait for its end. */
  async change<T>(work: () => Promise<T>): Promise<T> {
    this.#changes++
    this.#changing++
    try {
      return await work()
    } finally {
      this.#changes++
      this.#changing--
    }
  }

  /** Another one from each change on that a reader could see, and once more when it is through. */
  get revision(): number {
    return this.#changes
  }

  /**
   * Makes all the changes or none, for searches from one moment to the next. See {@link applyChanges}.
   *
   * @param revision Where another change was made since, nothing is done, and the answer is `false`.
   */
  async apply(changes: readonly StoreChange[], revision?: number): Promise<boolean> {
    this.check()
    return this.#writes.run(async () => {
      if (revision !== undefined && revision !== this.revision) return false
      await applyChanges(this, changes)
      return true
    })
  }

  /**
   * Reads memory and store as they were at one moment: work that a write has overtaken is done again, so it must change
   * nothing.
   */
  async read<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const before = this.#changes
      const isQuiet = this.#changing === 0
      const result = await work()
      if (isQuiet && this.#changes === before) return result
    }
    return this.#writes.run(async () => {
      this.check()
      return work()
    })
  }

  /** Resolves when nothing of whom was removed or replaced is left outside of memory. */
  async erased(): Promise<void> {
    await Promise.all([this.gallery.erased(), this.store.erased()])
  }

  /** @throws VisavisError `collection_not_found` */
  findCollection(id: string): CollectionRecord {
    const collection = this.collections.get(id)
    if (collection === undefined) {
      throw new VisavisError(
        'collection_not_found',
        'There is no collection with this id; list them with collections.list().',
      )
    }
    return collection
  }

  describeCollection({ id, name, description, createdAt, modifiedAt }: CollectionRecord): Collection {
    return { id, name, description, count: this.gallery.count(id), createdAt, modifiedAt }
  }

  describePerson(record: PersonRecord): Person {
    const { id, name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt } = record
    return {
      id,
      name,
      gender,
      dateOfBirth,
      nationality,
      notes,
      collections: record.collectionIds.flatMap((collectionId) => {
        const collection = this.collections.get(collectionId)
        return collection === undefined ? [] : [this.describeCollection(collection)]
      }),
      thumbnails: record.faces.map((face) => ({ id: face.id, image: face.thumbnail.slice() })),
      createdAt,
      modifiedAt,
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#running)
    await this.#writes.idle()
    this.gallery.dispose()
    this.collections.clear()
    await this.store.close()
  }
}
