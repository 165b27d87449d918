import type { IDBPTransaction } from 'idb'
import { headerKey } from '../encrypted/encryption-header.ts'
import { checkTemplates, deleteFaulty, type CheckedStore, type IntegrityOptions } from '../faulty-people.ts'
import { VisavisError } from '../../errors.ts'
import { changesAfter, lastRevision, newsAfter } from './changes.ts'
import { openShared, type SharedDatabase } from './database.ts'
import { translate } from './errors.ts'
import { snapshotDatabase } from './snapshot-database.ts'
import { ofPersons, toPerson, toTemplates, type PersonRow, type StoreSchema } from './rows.ts'
import { stagedIn, writeChanges } from './write.ts'
import type { SnapshotStorage } from '../snapshot-storage.ts'
import type {
  CollectionRecord,
  ForeignChanges,
  ForeignNews,
  PersonQuery,
  PersonRecord,
  PersonTemplates,
  StoreChange,
} from '../store.ts'
import { nameMatcher } from '../../values/name-matcher.ts'
import { checkOptions, oneOf, optional, text, type OptionShape } from '../../values/option-shape.ts'

export interface IndexedDbStoreOptions {
  /** Of the database, 1 to 100 characters; made where there is none. */
  name: string
  /**
   * What to do where another tab or worker holds the store for longer than a second: open it for reading, or refuse with
   * `store_locked`. @default 'read'
   */
  whenLocked?: 'read' | 'refuse'
}

/**
 * A store in the browser's IndexedDB, in a page or a worker. A write that has resolved is on the disk (`durability:
 * 'strict'`). One tab or worker at a time writes; in others the store reads, follows what was written, and rejects
 * writes with `store_locked` until the writer has closed the store or is gone, and it is their turn. Browsers may
 * delete a site's data when the disk is full: an app that must not lose it calls `navigator.storage.persist()`, which
 * is left to the app because some browsers ask the user.
 *
 * @throws VisavisError `store_locked` where another tab or worker holds it and `whenLocked` is `'refuse'`, or it keeps
 * the database from being opened; `store_corrupt` where it is no store, `store_version` where a later visavis wrote it,
 * `store_quota` and `store_unavailable` where the browser gives no room or does not allow it.
 */
export async function indexedDbStore(options: IndexedDbStoreOptions): Promise<CheckedStore> {
  checkOptions('options', indexedDbOptions, options)
  const { name, whenLocked = 'read' } = options
  const database = await openShared(name, whenLocked)
  return new IndexedDbStore(name, database, database.isWritable ? 0 : undefined)
}

const indexedDbOptions: OptionShape<IndexedDbStoreOptions> = {
  name: text(1, 100),
  whenLocked: optional(oneOf('read', 'refuse')),
}

type Reading = IDBPTransaction<StoreSchema, typeof ofPersons, 'readonly'>

/** How many people are read at once. */
const batchSize = 1000

class IndexedDbStore implements CheckedStore {
  readonly snapshots: SnapshotStorage
  readonly #name: string
  readonly #database: SharedDatabase
  /** Tells the stores in other tabs and workers which revision was written. */
  #channel: BroadcastChannel | undefined
  readonly #listeners: (() => void)[] = []
  /** The revision from which on all writes are this store's own; `undefined` while another one writes. */
  #ownFrom: number | undefined
  /** The revision of what a follower keeps in memory. */
  #followedTo: number | undefined

  constructor(name: string, database: SharedDatabase, ownFrom: number | undefined) {
    this.#name = name
    this.#database = database
    this.#ownFrom = ownFrom
    this.snapshots = snapshotDatabase(name, () => this.isReading)
    this.#channel = new BroadcastChannel(`visavis store ${name}`)
    if (ownFrom !== undefined) return
    this.#channel.addEventListener('message', () => {
      if (this.isReading) this.#tell()
    })
    database.writable.then(
      () => this.#becomeWritable(),
      // The store was closed before.
      () => undefined,
    )
  }

  get isReading(): boolean {
    return this.#ownFrom === undefined
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    const revision = await this.#guarded(async () => {
      this.#checkWritable()
      return writeChanges(this.#database.connection, changes)
    })
    if (revision !== undefined) this.#channel?.postMessage({ revision })
  }

  async changesSince(revision?: number): Promise<ForeignChanges> {
    const none = { persons: [], deletedCollections: [] }
    if (revision !== undefined) {
      this.#followedTo = revision
      if (this.#ownFrom !== undefined && revision >= this.#ownFrom) return { revision, ...none }
    }
    return this.#guarded(async () => {
      if (revision !== undefined) return changesAfter(this.#database.connection, revision)
      this.#followedTo = await lastRevision(this.#database.connection)
      return { revision: this.#followedTo, ...none }
    })
  }

  newsSince(revision: number): Promise<ForeignNews> {
    return this.#guarded(() => newsAfter(this.#database.connection, revision))
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Browsers decide when they overwrite what was deleted, and none reports it. */
  async finishErasing(): Promise<void> {}

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
      // From each area straight to the next, past all people in it.
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

  async checkIntegrity(options?: IntegrityOptions): Promise<void> {
    if (!(await this.#isSealed())) await checkTemplates(this, options)
  }

  async deleteDamaged(options?: IntegrityOptions): Promise<string[]> {
    return (await this.#isSealed()) ? [] : deleteFaulty(this, options)
  }

  async close(): Promise<void> {
    this.#listeners.length = 0
    this.#channel?.close()
    this.#channel = undefined
    this.#database.close()
  }

  async #becomeWritable(): Promise<void> {
    // After what the previous writer still has under way: transactions wait for each other.
    const last = this.#guarded(() => lastRevision(this.#database.connection))
    this.#ownFrom = await last.catch(() => undefined)
    if (this.#ownFrom === undefined) this.#database.close()
    this.#tell()
  }

  /** Whether the people are encrypted, so that the bytes of templates are ciphertext here. */
  async #isSealed(): Promise<boolean> {
    return (await this.state(headerKey)) !== undefined
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }

  /** @throws VisavisError `store_locked` */
  #checkWritable(): void {
    if (this.#ownFrom === undefined) {
      throw new VisavisError(
        'store_locked',
        `Another tab or worker changes the store ${this.#name}; make the change there, or close it.`,
      )
    }
    if (this.#followedTo !== undefined && this.#followedTo < this.#ownFrom) {
      throw new VisavisError(
        'store_locked',
        `The store ${this.#name} was changed by another tab until just now; look what it did, and repeat the call.`,
      )
    }
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

async function readPersons(transaction: Reading, rows: readonly PersonRow[]): Promise<PersonRecord[]> {
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

/** All people whose name contains `name` in any case, by id: compared in JavaScript, as the other stores do. */
async function findNamed(transaction: Reading, name: string, collectionId: string | undefined): Promise<PersonRow[]> {
  const isNamed = nameMatcher(name)
  const found: PersonRow[] = []
  let range: IDBKeyRange | undefined
  while (true) {
    const batch = await transaction.objectStore('persons').getAll(range, batchSize)
    for (const person of batch) {
      const isMember = collectionId === undefined || person.collectionIds.includes(collectionId)
      if (isMember && isNamed(person.name)) found.push(person)
    }
    const last = batch.at(-1)
    if (batch.length < batchSize || last === undefined) return found
    range = IDBKeyRange.lowerBound(last.id, true)
  }
}
