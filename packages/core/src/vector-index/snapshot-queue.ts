import { VisavisError } from '../errors.ts'
import type { SnapshotStorage } from '../store/snapshot-storage.ts'

/** Writes and erases a snapshot, one after the other, so that the last request decides. */
export class SnapshotQueue {
  readonly #storage: SnapshotStorage | undefined
  #last: Promise<void> = Promise.resolve()
  #requests = 0
  #erased = false
  #erasing: Promise<void> = Promise.resolve()

  constructor(storage: SnapshotStorage | undefined) {
    this.#storage = storage
  }

  /** A failure costs a build at the next start, and nothing else. */
  write(make: () => Promise<Uint8Array>): void {
    const storage = this.#storage
    if (storage === undefined) return
    const request = ++this.#requests
    this.#erased = false
    void this.#enqueue(async () => {
      const snapshot = await make()
      if (request === this.#requests) await storage.write(snapshot)
    }).catch(() => {})
  }

  /** Once, until something is written again. Rejects where the storage cannot, and is tried again by the next call. */
  erase(): Promise<void> {
    const storage = this.#storage
    if (storage === undefined || this.#erased) return this.#erasing
    this.#requests++
    this.#erased = true
    this.#erasing = this.#enqueue(() => storage.erase()).catch((cause: unknown) => {
      this.#erased = false
      throw new VisavisError(
        'store_unavailable',
        'The saved graph, in which somebody is who was removed, could not be erased; erase it and remove them once more.',
        { cause },
      )
    })
    this.#erasing.catch(() => {})
    return this.#erasing
  }

  /** What the last call of `erase` promised. */
  finishErasing(): Promise<void> {
    return this.#erasing
  }

  async idle(): Promise<void> {
    await this.#last
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }
}
