import { stagedNoteKey, syncArea, type GalleryRecords, type PersonRecord, type StoreChange } from '@visavis/core'
import type { SyncMark } from './sync-mark.ts'

/** People are staged in batches of so many, or after so many milliseconds: what a power cut loses is read again. */
const batchSize = 50
const longestWait = 1000

/** Where a sync stages people until all are there, and finds them again after it was interrupted. */
export class SyncCheckpoint {
  readonly area: string
  readonly #records: GalleryRecords
  readonly #marks: Map<string, SyncMark> = new Map()
  #waiting: { person: PersonRecord; mark: SyncMark }[] = []
  #writing: Promise<void> = Promise.resolve()
  #written: number = performance.now()

  private constructor(records: GalleryRecords, collectionId: string) {
    this.area = syncArea(collectionId)
    this.#records = records
  }

  /** With what an interrupted run has left. */
  static async open(records: GalleryRecords, collectionId: string): Promise<SyncCheckpoint> {
    const checkpoint = new SyncCheckpoint(records, collectionId)
    await checkpoint.look()
    return checkpoint
  }

  /** The marks of all staged people. */
  get marks(): ReadonlyMap<string, SyncMark> {
    return this.#marks
  }

  /** Reads which people are staged: deleting a person on this device unstages them. */
  async look(): Promise<void> {
    const prefix = stagedNoteKey(this.area, '')
    this.#marks.clear()
    for (const [key, value] of await this.#records.states(prefix)) {
      this.#marks.set(key.slice(prefix.length), JSON.parse(value) as SyncMark)
    }
  }

  /** Stages a person, in the place of an earlier version of them. */
  async add(person: PersonRecord, mark: SyncMark): Promise<void> {
    this.#waiting.push({ person, mark })
    const isDue = performance.now() - this.#written >= longestWait
    if (isDue || this.#waiting.length >= batchSize) await this.flush()
  }

  /** Resolves when all added people are stored. */
  flush(): Promise<void> {
    const batch = this.#waiting
    this.#waiting = []
    this.#written = performance.now()
    if (batch.length > 0) this.#writing = this.#writing.then(() => this.#write(batch))
    return this.#writing
  }

  /** The changes that unstage a person. */
  forget(id: string): StoreChange[] {
    return [{ kind: 'unstage_person', area: this.area, id }, this.forgetMark(id)]
  }

  /** The change that deletes the mark of a staged person. */
  forgetMark(id: string): StoreChange {
    return { kind: 'delete_state', key: stagedNoteKey(this.area, id) }
  }

  async #write(batch: readonly { person: PersonRecord; mark: SyncMark }[]): Promise<void> {
    const { area } = this
    await this.#records.apply(
      batch.flatMap(({ person, mark }): StoreChange[] => [
        { kind: 'stage_person', area, person },
        { kind: 'put_state', key: stagedNoteKey(area, person.id), value: JSON.stringify(mark) },
      ]),
    )
    for (const { person, mark } of batch) this.#marks.set(person.id, mark)
  }
}
