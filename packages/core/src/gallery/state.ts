import { VisavisError } from '../errors.ts'
import type { Collection, Person } from '../searcher.ts'
import type { CollectionRecord, ForeignChanges, PersonRecord, Store, StoreChange } from '../store/store.ts'
import { WriteQueue } from '../store/write-queue.ts'
import { applyChanges } from './apply-changes.ts'
import type { CollectionAges } from './collection-ages.ts'
import type { FollowedChanges } from './follow-changes.ts'
import type { Gallery } from './gallery.ts'

/** How often a reader that was overtaken by a write begins again before it waits its turn among the writes. */
const mostAttempts = 3

/** How often it begins again then, because others go on to write. */
const mostAttemptsBesideOthers = 50

/** What the resources of a matcher share: the truth, its picture in memory, and the order of writes. */
export class GalleryState {
  readonly store: Store
  readonly gallery: Gallery
  readonly collections: Map<string, CollectionRecord>
  readonly ages: CollectionAges
  /** What others write, where others may write to the store. */
  readonly #followed: FollowedChanges | undefined
  readonly #writes: WriteQueue = new WriteQueue()
  readonly #running: Set<Promise<unknown>> = new Set()
  #closed = false
  /** How many changes that a reader could see have begun or ended, and how many are under way. */
  #changes = 0
  #changing = 0
  /** Whether it stands in the queue to look what others have written. */
  #isFollowing = false

  constructor(
    store: Store,
    gallery: Gallery,
    collections: readonly CollectionRecord[],
    ages: CollectionAges,
    followed?: FollowedChanges,
  ) {
    this.store = store
    this.gallery = gallery
    this.ages = ages
    this.collections = new Map(collections.map((collection) => [collection.id, collection]))
    this.#followed = followed
  }

  /** From now on catches up as soon as others have written, and not only when somebody asks. */
  follow(): void {
    this.store.onChange?.(() => this.#hear())
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
    return this.#writes.run(async () => {
      await this.#followed?.catchUp(this)
      return this.change(() => work(this))
    })
  }

  /**
   * Brings memory up to what others have written to the store until now.
   * @throws VisavisError `store_*`, `gallery_full`, `dimension_mismatch` where that cannot be read or held
   */
  async catchUp(): Promise<void> {
    if ((await this.#followed?.missing()) === undefined) return
    await this.#writes.run(async () => {
      this.check()
      await this.#followed?.catchUp(this)
    })
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
      await this.#followed?.catchUp(this)
      if (revision !== undefined && revision !== this.revision) return false
      await applyChanges(this, changes)
      return true
    })
  }

  /**
   * Reads memory and store as they were at one moment: work that a write has overtaken, here or by others, is done again,
   * so it must change nothing.
   *
   * @param concerns Whether what others have changed meanwhile concerns the result.
   * @throws VisavisError `store_locked` where they do not stop changing what is read
   */
  async read<T>(work: () => Promise<T>, concerns: (result: T, changes: ForeignChanges) => boolean): Promise<T> {
    const isOvertaken = async (result: T): Promise<boolean> => {
      const missing = await this.#followed?.missing()
      return missing !== undefined && concerns(result, missing)
    }
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      await this.catchUp()
      const before = this.#changes
      const isQuiet = this.#changing === 0
      const result = await work()
      const overtaken = await isOvertaken(result)
      if (isQuiet && this.#changes === before && !overtaken) return result
    }
    return this.#writes.run(async () => {
      for (let attempt = 0; attempt < mostAttemptsBesideOthers; attempt++) {
        this.check()
        await this.#followed?.catchUp(this)
        const result = await work()
        if (!(await isOvertaken(result))) return result
      }
      throw new VisavisError('store_locked', 'Another tab changes the people of the answer without end; ask again.')
    })
  }

  /** Hears that others have written. What fails here fails again in the next call, which says so. */
  #hear(): void {
    if (this.#isFollowing || this.#closed) return
    this.#isFollowing = true
    const look = async (): Promise<void> => {
      this.#isFollowing = false
      if (!this.#closed) await this.#followed?.catchUp(this)
    }
    this.#writes.run(look).catch(() => undefined)
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

  /** {@link GalleryState.findCollection}, after what others have written is known. */
  async knownCollection(id: string): Promise<CollectionRecord> {
    await this.catchUp()
    return this.findCollection(id)
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
