import type { IDBPDatabase, IDBPTransaction } from 'idb'
import { ChangeNote } from './changes.ts'
import { copyPerson, ofPersons, toRows, type StoreSchema } from './rows.ts'
import { joined, moved } from '../memberships.ts'
import type { PersonRecord, StoreChange } from '../store.ts'

const everything = [...ofPersons, 'collections', 'states', 'staged', 'changes'] as const

type Writing = IDBPTransaction<StoreSchema, typeof everything, 'readwrite'>

/**
 * Makes all the changes or none, and waits until they are on the disk.
 *
 * @returns the revision, where the changes are of a kind that readers follow
 */
export async function writeChanges(
  connection: IDBPDatabase<StoreSchema>,
  changes: readonly StoreChange[],
): Promise<number | undefined> {
  const transaction = connection.transaction(everything, 'readwrite', { durability: 'strict' })
  // Awaited below; until then a transaction that fails early must not be an unhandled rejection.
  transaction.done.catch(() => undefined)
  try {
    const note = new ChangeNote()
    await applyAll(transaction, changes, note)
    const revision = await note.addTo(transaction.objectStore('changes'))
    transaction.commit()
    await transaction.done
    return revision
  } catch (error) {
    const cause = transaction.error
    await abort(transaction)
    throw cause ?? transaction.error ?? error
  }
}

/** How many people are taken out of an area at once. */
const batchSize = 100

/** All people of an area: a list sorts after every text. */
export function stagedIn(area: string): IDBKeyRange {
  return IDBKeyRange.bound([area], [area, []])
}

/** Changes that read before they write: no other request may be made before they are done. */
const reading: ReadonlySet<StoreChange['kind']> = new Set([
  'join_collection',
  'leave_collection',
  'put_collection',
  'delete_collection',
  'put_staged',
])

/** Makes all requests in their order without waiting for each, which would take most of the time. */
async function applyAll(transaction: Writing, changes: readonly StoreChange[], note: ChangeNote): Promise<void> {
  const underWay: Promise<void>[] = []
  for (const change of changes) {
    const work = apply(transaction, change, note)
    // Awaited below; until then a failure must not be an unhandled rejection.
    work.catch(() => undefined)
    underWay.push(work)
    if (reading.has(change.kind)) await work
  }
  await Promise.all(underWay)
}

async function apply(transaction: Writing, change: StoreChange, note: ChangeNote): Promise<void> {
  note.note(change)
  const persons = transaction.objectStore('persons')
  switch (change.kind) {
    case 'put_person':
      return putPerson(transaction, change.person)
    case 'delete_person':
      await Promise.all(ofPersons.map((name) => transaction.objectStore(name).delete(change.id)))
      return
    case 'join_collection':
    case 'leave_collection': {
      const person = moved(await persons.get(change.personId), change)
      if (person !== undefined) await persons.put(person)
      return
    }
    case 'put_collection': {
      const collections = transaction.objectStore('collections')
      const { id, name, description, createdAt, modifiedAt } = change.collection
      const key = await collections.index('id').getKey(id)
      await collections.put({ id, name, description, createdAt, modifiedAt }, key)
      return
    }
    case 'delete_collection': {
      const collections = transaction.objectStore('collections')
      const key = await collections.index('id').getKey(change.id)
      if (key !== undefined) await collections.delete(key)
      for (const person of await persons.index('members').getAll(change.id)) {
        const collectionIds = person.collectionIds.filter((id) => id !== change.id)
        await persons.put({ ...person, collectionIds })
      }
      return
    }
    case 'put_state':
      await transaction.objectStore('states').put(change.value, change.key)
      return
    case 'delete_state':
      await transaction.objectStore('states').delete(change.key)
      return
    case 'stage_person': {
      const { person, area } = change
      await transaction.objectStore('staged').put(copyPerson(person), [area, person.id])
      return
    }
    case 'unstage_person':
      await transaction.objectStore('staged').delete([change.area, change.id])
      return
    case 'put_staged': {
      const staged = transaction.objectStore('staged')
      const range = stagedIn(change.area)
      let putting: Promise<unknown> = Promise.resolve()
      for (;;) {
        const batch = await staged.getAll(range, batchSize)
        const before = await Promise.all(batch.map(({ id }) => change.within && persons.get(id)))
        // Those of one batch are put while the next is read, and no more.
        await putting
        const [first, last] = [batch[0], batch.at(-1)]
        if (first === undefined || last === undefined) break
        const taken = IDBKeyRange.bound([change.area, first.id], [change.area, last.id])
        const rows = batch.map((person, i) => {
          note.person(person.id)
          const collectionIds = joined(person.collectionIds, before[i]?.collectionIds ?? [], change.within)
          return putPerson(transaction, { ...person, collectionIds })
        })
        putting = Promise.all([...rows, staged.delete(taken)])
        putting.catch(() => undefined)
      }
      return
    }
    case 'delete_staged':
      await transaction.objectStore('staged').delete(stagedIn(change.area))
  }
}

async function putPerson(transaction: Writing, record: PersonRecord): Promise<void> {
  const { person, templates, thumbnails } = toRows(record)
  await Promise.all([
    transaction.objectStore('persons').put(person),
    transaction.objectStore('templates').put(templates),
    transaction.objectStore('thumbnails').put(thumbnails),
  ])
}

/** Rolls back, and waits until that is done. */
async function abort(transaction: Writing): Promise<void> {
  try {
    transaction.abort()
  } catch {
    // It has ended by itself.
  }
  await transaction.done.catch(() => undefined)
}
