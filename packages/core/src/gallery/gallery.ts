import { VisavisError } from '../errors.ts'
import type { CollectionRecord, ForeignChanges, StoreChange } from '../store/store.ts'
import { WriteQueue } from '../store/write-queue.ts'
import { commit, eraseRemoved, takeIn, type CommitOptions } from './commit.ts'
import type { FollowedChanges } from './follow-changes.ts'
import type { Held, HeldView } from './held.ts'
import { clearImport } from './import-area.ts'
import { collectionNotFound } from './not-found.ts'

/** How often a reader that was overtaken by a write is retried before it queues among the writes. */
const mostAttempts = 3

/** How often it is retried there, because another tab or worker goes on writing. */
const mostAttemptsBesideOthers = 50

/** What one write changes, as planned at its turn. */
export interface Plan<T> extends CommitOptions {
  readonly changes: readonly StoreChange[]
  /** The result of the write; called when memory has the changes. */
  readonly answer: () => T
}

/** The people of a matcher: the order of writes, consistent reads, and closing. */
export class Gallery {
  readonly held: HeldView
  readonly #held: Held
  /** The changes of other writers, where the store may have some. */
  readonly #followed: FollowedChanges | undefined
  readonly #writes: WriteQueue = new WriteQueue()
  readonly #running: Set<Promise<unknown>> = new Set()
  readonly #endings: Promise<void>[] = []
  #onTakenIn: () => Promise<void> = async () => {}
  #closed = false
  /** Whether catching up with other writers is queued. */
  #isFollowing = false

  constructor(held: Held, followed?: FollowedChanges) {
    this.held = held
    this.#held = held
    this.#followed = followed
  }

  /** From now on catches up as soon as another tab or worker has written, and not only when a call needs it. */
  follow(): void {
    this.#held.store.onChange?.(() => this.#hear())
  }

  /** @throws VisavisError `matcher_closed` */
  check(signal?: AbortSignal): void {
    signal?.throwIfAborted()
    if (this.#closed) throw new VisavisError('matcher_closed', 'The matcher was closed; create a new one.')
  }

  /**
   * Runs the work of one call. Closing waits for it, so that nothing it uses is disposed; long work calls `check`
   * between its steps, and so ends early.
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
   * Changes the gallery, one write after the other. What is changed is planned when it is the write's turn, on what the
   * gallery holds then, so that no other write comes between reading and writing. See {@link commit}.
   */
  async write<T>(plan: (held: HeldView) => Plan<T> | Promise<Plan<T>>): Promise<T> {
    this.check()
    return this.#writes.run(async () => {
      await this.#catchUp()
      const { changes, answer, ...options } = await plan(this.held)
      await commit(this.#held, changes, options)
      return answer()
    })
  }

  /**
   * Makes all the changes or none, in one step for searches. See {@link commit}.
   *
   * @param revision Where another change was made since, nothing is changed, and the result is `false`.
   */
  async apply(changes: readonly StoreChange[], revision?: number): Promise<boolean> {
    return this.write(() => {
      const isOvertaken = revision !== undefined && revision !== this.revision
      return { changes: isOvertaken ? [] : changes, answer: () => !isOvertaken }
    })
  }

  /** Changes with each change that a reader could see, when it begins and when it ends. */
  get revision(): number {
    return this.#held.changes.revision
  }

  /**
   * Updates memory with what other writers have changed in the store until now.
   * @throws VisavisError `store_*`, `gallery_full` where that cannot be read or held
   */
  async catchUp(): Promise<void> {
    if ((await this.#followed?.missing()) === undefined) return
    await this.#writes.run(async () => {
      this.check()
      await this.#catchUp()
    })
  }

  /**
   * Reads memory and store as of one moment: work that a write has overtaken, of this or another tab, is run again, so
   * it must change nothing.
   *
   * @param concerns Whether what other writers have changed meanwhile concerns the result.
   * @throws VisavisError `store_locked` where they do not stop changing what is read
   */
  async read<T>(work: () => Promise<T>, concerns: (result: T, changes: ForeignChanges) => boolean): Promise<T> {
    const isOvertaken = async (result: T): Promise<boolean> => {
      const missing = await this.#followed?.missing()
      return missing !== undefined && concerns(result, missing)
    }
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      await this.catchUp()
      const { revision, isQuiet } = this.#held.changes
      const result = await work()
      const overtaken = await isOvertaken(result)
      if (isQuiet && this.revision === revision && !overtaken) return result
    }
    return this.#writes.run(async () => {
      for (let attempt = 0; attempt < mostAttemptsBesideOthers; attempt++) {
        this.check()
        await this.#catchUp()
        const result = await work()
        if (!(await isOvertaken(result))) return result
      }
      throw new VisavisError('store_locked', 'Another tab changes the people of the answer without end; ask again.')
    })
  }

  /** Runs work when all calls that run now have ended, and before the gallery is closed. */
  whenCallsEnd(work: () => Promise<void>): void {
    const ended = Promise.allSettled(this.#running).then(work)
    this.#endings.push(ended.catch(() => undefined))
  }

  /** Runs the work after each update with the changes of other writers. */
  onTakenIn(work: () => Promise<void>): void {
    this.#onTakenIn = work
  }

  /** Resolves when no copy of what was removed or replaced is left outside of memory. */
  async finishErasing(): Promise<void> {
    await eraseRemoved(this.#held)
  }

  /** @throws VisavisError `collection_not_found` */
  findCollection(id: string): CollectionRecord {
    const collection = this.#held.collections.get(id)
    if (collection === undefined) throw collectionNotFound()
    return collection
  }

  /** {@link Gallery.findCollection}, after catching up with other writers. */
  async knownCollection(id: string): Promise<CollectionRecord> {
    await this.catchUp()
    return this.findCollection(id)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#running)
    await this.#writes.idle()
    await Promise.all(this.#endings)
    this.#held.people.dispose()
    this.#held.collections.clear()
    await this.#held.store.close()
  }

  /** Called in its turn among the writes. */
  async #catchUp(): Promise<void> {
    await this.#followed?.catchUp({
      check: () => this.check(),
      takeIn: (news) => takeIn(this.#held, news),
      finishErasing: () => this.#held.people.finishErasing(),
      clearImport: () => clearImport(this.#held),
    })
    await this.#onTakenIn()
  }

  /**
   * Called when another tab or worker has written. An error here occurs again in the next call, which rejects with it.
   */
  #hear(): void {
    if (this.#isFollowing || this.#closed) return
    this.#isFollowing = true
    const look = async (): Promise<void> => {
      this.#isFollowing = false
      if (!this.#closed) await this.#catchUp()
    }
    this.#writes.run(look).catch(() => undefined)
  }
}
