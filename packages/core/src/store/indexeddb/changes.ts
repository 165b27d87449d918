import type { IDBPDatabase } from 'idb'
import { toTemplates, type ChangeRow, type StoreSchema } from './rows.ts'
import type { ForeignChanges, ForeignNews, StoreChange } from '../store.ts'

/** The changes of so many writes are kept; a reader that has missed more reads everything again. */
const keptRows = 1000

/** How many people a write may change for each of them to be named. */
const mostNamed = 1000

/** The object store of changes, as a write uses it. */
interface ChangeRows {
  add(row: ChangeRow): Promise<number>
  delete(revisions: IDBKeyRange): Promise<void>
}

/** Notes what a write changes, while it is made. */
export class ChangeNote {
  readonly #persons: Set<string> = new Set()
  readonly #deletedCollections: Set<string> = new Set()
  #isSeen = false
  #hasTexts = false
  #stages = false

  /** Records a change; people who are put by `put_staged` are recorded with {@link ChangeNote.person} instead. */
  note(change: StoreChange): void {
    switch (change.kind) {
      case 'stage_person':
        this.#stages = true
        return
      case 'unstage_person':
      case 'delete_staged':
        return
      case 'put_state':
      case 'delete_state':
        this.#hasTexts = true
        return
      case 'put_person':
        this.person(change.person.id)
        break
      case 'delete_person':
        this.person(change.id)
        break
      case 'join_collection':
      case 'leave_collection':
        this.person(change.personId)
        break
      case 'delete_collection':
        this.#deletedCollections.add(change.id)
    }
    this.#isSeen = true
  }

  person(id: string): void {
    this.#persons.add(id)
  }

  /** Adds what was noted to the rows, in the transaction of the write. @returns the revision, where there is a new one */
  async addTo(rows: ChangeRows): Promise<number | undefined> {
    // Staged people and the notes beside them are in no reader's memory, and a sync stages people one by one: not
    // announced.
    const isHeard = this.#isSeen || (this.#hasTexts && !this.#stages)
    if (!isHeard) return undefined
    const persons = this.#persons.size > mostNamed ? undefined : [...this.#persons]
    const revision = await rows.add({ persons, deletedCollections: [...this.#deletedCollections] })
    await rows.delete(IDBKeyRange.upperBound(revision - keptRows))
    return revision
  }
}

/** 0 where nothing was written. */
export async function lastRevision(connection: IDBPDatabase<StoreSchema>): Promise<number> {
  const last = await connection.transaction('changes').store.openKeyCursor(null, 'prev')
  return last?.key ?? 0
}

/** All that was written after a revision. */
export async function changesAfter(connection: IDBPDatabase<StoreSchema>, revision: number): Promise<ForeignChanges> {
  return together(await connection.getAll('changes', rowsAfter(revision)), revision)
}

/** {@link changesAfter}, and in the same transaction what is there now. */
export async function newsAfter(connection: IDBPDatabase<StoreSchema>, revision: number): Promise<ForeignNews> {
  const transaction = connection.transaction(['changes', 'persons', 'templates', 'collections'])
  const changes = together(await transaction.objectStore('changes').getAll(rowsAfter(revision)), revision)
  const people = (changes.persons ?? []).map(async (id) => {
    const [person, templates] = await Promise.all([
      transaction.objectStore('persons').get(id),
      transaction.objectStore('templates').get(id),
    ])
    return person === undefined ? [] : toTemplates(person, templates)
  })
  const [found, collections] = await Promise.all([Promise.all(people), transaction.objectStore('collections').getAll()])
  return { ...changes, people: found.flat(), collections }
}

function rowsAfter(revision: number): IDBKeyRange {
  return IDBKeyRange.lowerBound(revision, true)
}

function together(rows: readonly ChangeRow[], revision: number): ForeignChanges {
  const persons = new Set<string>()
  const deleted = new Set<string>()
  // Rows that are missing were too old to be kept.
  let isAnybody = rows.length > 0 && rows[0]?.revision !== revision + 1
  for (const row of rows) {
    if (row.persons === undefined) isAnybody = true
    for (const id of row.persons ?? []) persons.add(id)
    for (const id of row.deletedCollections) deleted.add(id)
  }
  return {
    revision: rows.at(-1)?.revision ?? revision,
    persons: isAnybody || persons.size > mostNamed ? undefined : [...persons],
    deletedCollections: [...deleted],
  }
}
