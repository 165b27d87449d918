import type { IDBPTransaction } from 'idb'
import { VisavisError } from '../errors.ts'
import { openExclusively, translate, type ExclusiveDatabase } from './indexeddb-database.ts'
import { copyPerson, toPerson, toRows, toTemplates, type PersonRow, type StoreSchema } from './indexeddb-rows.ts'
import { joined } from './memberships.ts'
import type { CollectionRecord, PersonQuery, PersonRecord, PersonTemplates, Store, StoreChange } from './store.ts'

export interface IndexedDbStoreOptions {
  /** Of the database, 1 to 100 characters; made where there is none. */
  name: string
}

/**
 * A store in the browser's IndexedDB, in a page or a worker. A write that has resolved is on the disk (`durability:
 * 'strict'`); one tab or worker at a time holds the store. Browsers may clear what a site keeps when the disk is full:
 * an app that must not lose it asks for `navigator.storage.persist()`, which is left to the app because some browsers
 * put the question to the user.
 *
 * @throws VisavisError `store_locked` where another tab or worker holds it, `store_corrupt` where it is no store,
 * `store_version` where a later visavis wrote it, `store_quota` and `store_unavailable` where the browser gives no room
 * or does not allow it.
 */
export async function indexedDbStore({ name }: IndexedDbStoreOptions): Promise<Store> {
  if (typeof name !== 'string' || name.length < 1 || name.length > 100) {
    throw new VisavisError('invalid_option', 'name must be a string of 1 to 100 characters.')
  }
  return new IndexedDbStore(name, await openExclusively(name))
}

const everything = ['persons', 'templates', 'thumbnails', 'collections', 'states', 'staged'] as const
const ofPersons = ['persons', 'templates', 'thumbnails'] as const

type Transaction<
  Names extends readonly (typeof everything)[number][],
  Mode extends IDBTransactionMode,
> = IDBPTransaction<StoreSchema, Names, Mode>

/** How many people are read at once. */
const batchSize = 1000

class IndexedDbStore implements Store {
  readonly #name: string
  readonly #database: ExclusiveDatabase

  constructor(name: string, database: ExclusiveDatabase) {
    this.#name = name
    this.#database = database
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    await this.#guarded(async () => {
      const transaction = this.#database.connection.transaction(everything, 'readwrite', { durability: 'strict' })
      // Awaited below; until then a transaction that fails early must not count as a rejection nobody handles.
      transaction.done.catch(() => undefined)
      try {
        for (const change of changes) await apply(transaction, change)
        transaction.commit()
        await transaction.done
      } catch (error) {
        const cause = transaction.error
        await abort(transaction)
        throw cause ?? transaction.error ?? error
      }
    })
  }

  /** When a browser writes over what it has deleted is its own affair, and none tells. */
  async erased(): Promise<void> {}

  async *templates(): AsyncIterable<PersonTemplates> {
    let range: IDBKeyRange | undefined
    while (true) {
      const batch = await this.#guarded(() => this.#templatesIn(range))
      yield* batch
      const last = batch.at(-1)
      if (batch.length < batchSize || last === undefined) return
      range = IDBKeyRange.lowerBound(last.personId, true)
    }
  }

  async persons(ids: readonly string[]): Promise<PersonRecord[]> {
    return this.#guarded(async () => {
      const transaction = this.#database.connection.transaction(ofPersons)
      const rows = await Promise.all(ids.map((id) => transaction.objectStore('persons').get(id)))
      return readPersons(
        transaction,
        rows.filter((row) => row !== undefined),
      )
    })
  }

  async listPersons({
    collectionId,
    name,
    offset,
    limit,
  }: PersonQuery): Promise<{ persons: PersonRecord[]; total: number }> {
    return this.#guarded(async () => {
      const transaction = this.#database.connection.transaction(ofPersons)
      const persons = transaction.objectStore('persons')
      if (name !== undefined) {
        const named = await findNamed(transaction, name, collectionId)
        return {
          persons: await readPersons(transaction, named.slice(offset, offset + limit)),
          total: named.length,
        }
      }
      const source = collectionId === undefined ? persons : persons.index('members')
      const total = await source.count(collectionId)
      const rows: PersonRow[] = []
      let cursor = offset < total ? await source.openCursor(collectionId) : null
      if (offset > 0) cursor = (await cursor?.advance(offset)) ?? null
      for (; cursor !== null && rows.length < limit; cursor = await cursor.continue()) rows.push(cursor.value)
      return { persons: await readPersons(transaction, rows), total }
    })
  }

  async collections(): Promise<CollectionRecord[]> {
    return this.#guarded(() => this.#database.connection.getAll('collections'))
  }

  async state(key: string): Promise<string | undefined> {
    return this.#guarded(() => this.#database.connection.get('states', key))
  }

  async states(prefix: string): Promise<(readonly [string, string])[]> {
    return this.#guarded(async () => {
      const states = this.#database.connection.transaction('states').store
      // Below any key that could begin so stands the first that does.
      const keys = (await states.getAllKeys(IDBKeyRange.lowerBound(prefix))).filter((key) => key.startsWith(prefix))
      return Promise.all(keys.map(async (key) => [key, (await states.get(key)) ?? ''] as const))
    })
  }

  async areas(): Promise<string[]> {
    return this.#guarded(async () => {
      const areas: string[] = []
      const staged = this.#database.connection.transaction('staged').store
      // From each area straight to the next, past everyone in it.
      for (let cursor = await staged.openKeyCursor(); cursor !== null;) {
        const [area] = cursor.key
        areas.push(area)
        cursor = await cursor.continue([area, []] as never)
      }
      return areas
    })
  }

  async *staged(area: string): AsyncIterable<PersonRecord> {
    let range = stagedIn(area)
    for (;;) {
      const batch = await this.#guarded(() => this.#database.connection.getAll('staged', range, batchSize))
      yield* batch
      const last = batch.at(-1)
      if (batch.length < batchSize || last === undefined) return
      range = IDBKeyRange.bound([area, last.id], [area, []], true)
    }
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  async #templatesIn(range: IDBKeyRange | undefined): Promise<PersonTemplates[]> {
    const transaction = this.#database.connection.transaction(['persons', 'templates'])
    const [persons, templates] = await Promise.all([
      transaction.objectStore('persons').getAll(range, batchSize),
      transaction.objectStore('templates').getAll(range, batchSize),
    ])
    return persons.map((person, i) => {
      const row = templates[i]
      return toTemplates(person, row?.personId === person.id ? row : undefined)
    })
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw this.#database.lost ?? translate(error, this.#name)
    }
  }
}

async function apply(transaction: Transaction<typeof everything, 'readwrite'>, change: StoreChange): Promise<void> {
  const persons = transaction.objectStore('persons')
  switch (change.kind) {
    case 'put_person':
      return putPerson(transaction, change.person)
    case 'delete_person':
      await Promise.all(ofPersons.map((name) => transaction.objectStore(name).delete(change.id)))
      return
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
      let cursor = await staged.openCursor(stagedIn(change.area))
      for (; cursor !== null; cursor = await cursor.continue()) {
        const before = change.within && (await persons.get(cursor.value.id))
        const collectionIds = joined(cursor.value.collectionIds, before?.collectionIds ?? [], change.within)
        await putPerson(transaction, { ...cursor.value, collectionIds })
      }
      await staged.delete(stagedIn(change.area))
      return
    }
    case 'delete_staged':
      await transaction.objectStore('staged').delete(stagedIn(change.area))
  }
}

async function putPerson(
  transaction: Transaction<typeof everything, 'readwrite'>,
  record: PersonRecord,
): Promise<void> {
  const { person, templates, thumbnails } = toRows(record)
  await Promise.all([
    transaction.objectStore('persons').put(person),
    transaction.objectStore('templates').put(templates),
    transaction.objectStore('thumbnails').put(thumbnails),
  ])
}

/** Everyone in an area: a list comes after every text. */
function stagedIn(area: string): IDBKeyRange {
  return IDBKeyRange.bound([area], [area, []])
}

/** Rolls back, and waits until that is done. */
async function abort(transaction: Transaction<typeof everything, 'readwrite'>): Promise<void> {
  try {
    transaction.abort()
  } catch {
    // It has ended by itself.
  }
  await transaction.done.catch(() => undefined)
}

async function readPersons(
  transaction: Transaction<typeof ofPersons, 'readonly'>,
  rows: readonly PersonRow[],
): Promise<PersonRecord[]> {
  return Promise.all(
    rows.map(async (row) => {
      const [templates, thumbnails] = await Promise.all([
        transaction.objectStore('templates').get(row.id),
        transaction.objectStore('thumbnails').get(row.id),
      ])
      return toPerson(row, templates, thumbnails)
    }),
  )
}

/** Everybody whose name contains `name` in any case, by id: compared in JavaScript, as the other stores do. */
async function findNamed(
  transaction: Transaction<typeof ofPersons, 'readonly'>,
  name: string,
  collectionId: string | undefined,
): Promise<PersonRow[]> {
  const wanted = name.toLowerCase()
  const found: PersonRow[] = []
  let range: IDBKeyRange | undefined
  while (true) {
    const batch = await transaction.objectStore('persons').getAll(range, batchSize)
    for (const person of batch) {
      const isMember = collectionId === undefined || person.collectionIds.includes(collectionId)
      if (isMember && (person.name ?? '').toLowerCase().includes(wanted)) found.push(person)
    }
    const last = batch.at(-1)
    if (batch.length < batchSize || last === undefined) return found
    range = IDBKeyRange.lowerBound(last.id, true)
  }
}
