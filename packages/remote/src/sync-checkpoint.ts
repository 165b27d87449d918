import type { GalleryRecords, PersonRecord, StoreChange } from '@visavis/core'
import type { SyncMark } from './sync-mark.ts'

/** People are put by so many at once, or after so many milliseconds: what a power cut takes has to be read again. */
const batchSize = 50
const longestWait = 1000

/** Where a sync puts people by until all are there, and finds them again after it was interrupted. */
export class SyncCheckpoint {
  readonly area: string
  /** Of everyone who is put by. */
  readonly marks: Map<string, SyncMark> = new Map()
  readonly #records: GalleryRecords
  readonly #prefix: string
  /** The keys of what is noted beside those people. */
  readonly #keys: string[] = []
  #waiting: { person: PersonRecord; mark: SyncMark }[] = []
  #writing: Promise<void> = Promise.resolve()
  #written: number = performance.now()

  private constructor(records: GalleryRecords, collectionId: string) {
    const name = encodeURIComponent(collectionId)
    this.area = `sync/${name}`
    this.#prefix = `sync/staged/${name}/`
    this.#records = records
  }

  /** With what an interrupted run has left. */
  static async open(records: GalleryRecords, collectionId: string): Promise<SyncCheckpoint> {
    const checkpoint = new SyncCheckpoint(records, collectionId)
    for (const [key, value] of await records.states(checkpoint.#prefix)) {
      checkpoint.#keys.push(key)
      // The keys are in the order of their writing: the last one holds.
      for (const [id, mark] of JSON.parse(value) as [string, SyncMark][]) checkpoint.marks.set(id, mark)
    }
    if (checkpoint.isUsed) await checkpoint.#forgetMissing()
    return checkpoint
  }

  /** Whether anybody was put by, now or by a run before. */
  get isUsed(): boolean {
    return this.#keys.length > 0
  }

  /** Puts a person by, or in the place of how they were before. */
  async add(person: PersonRecord, mark: SyncMark): Promise<void> {
    this.#waiting.push({ person, mark })
    const isDue = performance.now() - this.#written >= longestWait
    if (isDue || this.#waiting.length >= batchSize) await this.flush()
  }

  /** Resolves when everybody is put by for good. */
  flush(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    this.#written = performance.now()
    if (batch.length > 0) this.#writing = this.#writing.then(() => this.#write(batch))
    return this.#writing
  }

  /** What forgets everything about the interrupted run. */
  forget(): StoreChange[] {
    return this.#keys.map((key) => ({ kind: 'delete_state', key }))
  }

  /** Who was erased from this device meanwhile is not put by any more. */
  async #forgetMissing(): Promise<void> {
    const there = new Set<string>()
    for await (const { id } of this.#records.staged(this.area)) there.add(id)
    for (const id of this.marks.keys()) if (!there.has(id)) this.marks.delete(id)
  }

  async #write(batch: readonly { person: PersonRecord; mark: SyncMark }[]): Promise<void> {
    const last = this.#keys.at(-1)?.slice(this.#prefix.length) ?? '0'
    const key = this.#prefix + String(Number(last) + 1).padStart(10, '0')
    const value = JSON.stringify(batch.map(({ person, mark }) => [person.id, mark]))
    await this.#records.apply([
      ...batch.map(({ person }): StoreChange => ({ kind: 'stage_person', area: this.area, person })),
      { kind: 'put_state', key, value },
    ])
    this.#keys.push(key)
    for (const { person, mark } of batch) this.marks.set(person.id, mark)
  }
}
