import { openDB, type IDBPDatabase, type OpenDBCallbacks } from 'idb'
import { VisavisError } from '../../errors.ts'
import { foreign, locked, translate } from './errors.ts'
import { AwaitedLock } from './lock.ts'
import type { StoreSchema } from './rows.ts'

/** The object stores of each version, in the order of their names. */
const objectStores = [
  [],
  ['collections', 'persons', 'templates', 'thumbnails'],
  ['collections', 'persons', 'staged', 'states', 'templates', 'thumbnails'],
  ['changes', 'collections', 'persons', 'staged', 'states', 'templates', 'thumbnails'],
].map((names) => names.join())
const schemaVersion = objectStores.length - 1

/** How long to wait for the lock, milliseconds: a page that is being reloaded releases it a moment later. */
const patience = 1000

/** How long a reader waits for the writer to make the database or bring it to this version, milliseconds. */
const making = 5000
const lookAgain = 100

/** How long the browser may take to begin opening, milliseconds: behind a deletion that is blocked it takes for ever. */
const mostWaiting = 10_000

/** A connection to a database that one tab or worker of the origin writes to, this one or another. */
export interface SharedDatabase {
  readonly connection: IDBPDatabase<StoreSchema>
  /** Whether this one may write from the beginning. */
  readonly isWritable: boolean
  /** Resolves when this one may write; rejects when it was closed before. */
  readonly writable: Promise<void>
  /** Why the connection ended by itself; `undefined` while it has not. */
  readonly lost: VisavisError | undefined
  /** Closes the connection when its transactions are done, and lets others write. */
  close(): void
}

/**
 * Opens a database for writing, and creates its object stores where there are none; or for reading, until the current
 * writer releases it.
 *
 * @throws VisavisError `store_locked`, `store_version`, `store_corrupt`, `store_quota`, `store_unavailable`
 */
export async function openShared(name: string, whenLocked: 'read' | 'refuse'): Promise<SharedDatabase> {
  if (globalThis.indexedDB === undefined || globalThis.navigator?.locks === undefined) {
    throw new VisavisError(
      'store_unavailable',
      'The store needs IndexedDB and Web Locks, which a page has in a secure context; serve it over https or from localhost.',
    )
  }
  let connection: IDBPDatabase<StoreSchema> | undefined
  let isWritable: boolean
  let lost: VisavisError | undefined
  const lose = (why: string): void => {
    lost ??= new VisavisError('store_unavailable', `${why}; nothing that was written before is lost, open it again.`)
    connection?.close()
    lock.release()
  }
  const lock = new AwaitedLock(`visavis store ${name}`, () => lose(`Another tab took the store ${name} over`))
  const endings: Endings = {
    onReplaced: () => lose(`Somebody deletes or upgrades the store ${name}, so it was closed`),
    onClosed: () => lose(`The browser closed the store ${name}`),
  }
  try {
    const isHeld = await lock.heldWithin(patience)
    if (!isHeld && whenLocked === 'refuse') throw locked(name)
    if (!isHeld) connection = await openBesideWriter(name, lock, endings)
    isWritable = connection === undefined
    connection ??= await open(name, endings)
  } catch (error) {
    lock.release()
    throw translate(error, name)
  }
  const opened = connection
  return {
    connection: opened,
    isWritable,
    writable: lock.granted,
    get lost() {
      return lost
    },
    close() {
      opened.close()
      lock.release()
    },
  }
}

interface Endings {
  onReplaced: () => void
  onClosed: () => void
}

/** For reading; `undefined` where the writer released the lock before there was anything to read. */
async function openBesideWriter(
  name: string,
  lock: AwaitedLock,
  endings: Endings,
): Promise<IDBPDatabase<StoreSchema> | undefined> {
  for (let waited = 0; waited < making; waited += lookAgain) {
    const connection = await openAsItIs(name, endings)
    if (connection !== undefined) return connection
    if (await lock.heldWithin(lookAgain)) return undefined
  }
  throw locked(name)
}

/** `undefined` where the database is not there yet, or is one of an older version. */
async function openAsItIs(name: string, endings: Endings): Promise<IDBPDatabase<StoreSchema> | undefined> {
  let isMissing = false
  const upgrade: Upgrade = (_, from, __, transaction) => {
    isMissing = from === 0
    // Without this the browser would make an empty one.
    transaction.done.catch(() => undefined)
    transaction.abort()
  }
  const database = await connect(name, undefined, upgrade, endings).catch((error: unknown) => {
    if (isMissing) return undefined
    throw error
  })
  if (database === undefined || database.version === schemaVersion) return database && checked(database, name)
  database.close()
  if (database.version > schemaVersion) throw new DOMException('written by a later version', 'VersionError')
  return undefined
}

async function open(name: string, endings: Endings): Promise<IDBPDatabase<StoreSchema>> {
  let isForeign = false
  const upgrade: Upgrade = (database, from, _, transaction) => {
    isForeign = from > 0 && [...database.objectStoreNames].join() !== objectStores[from]
    if (isForeign) {
      // Opening fails with the reason; the transaction's own rejection must not be an unhandled one.
      transaction.done.catch(() => undefined)
      transaction.abort()
      return
    }
    if (from < 1) {
      const persons = database.createObjectStore('persons', { keyPath: 'id' })
      persons.createIndex('members', 'collectionIds', { multiEntry: true })
      database.createObjectStore('templates', { keyPath: 'personId' })
      database.createObjectStore('thumbnails', { keyPath: 'personId' })
      const collections = database.createObjectStore('collections', { autoIncrement: true })
      collections.createIndex('id', 'id', { unique: true })
    }
    if (from < 2) {
      database.createObjectStore('states')
      database.createObjectStore('staged')
    }
    database.createObjectStore('changes', { keyPath: 'revision', autoIncrement: true })
  }
  const database = await connect(name, schemaVersion, upgrade, endings).catch((error: unknown) => {
    throw isForeign ? foreign(name) : error
  })
  return checked(database, name)
}

function checked(database: IDBPDatabase<StoreSchema>, name: string): IDBPDatabase<StoreSchema> {
  if ([...database.objectStoreNames].join() === objectStores[schemaVersion]) return database
  database.close()
  throw foreign(name)
}

type Upgrade = NonNullable<OpenDBCallbacks<StoreSchema>['upgrade']>

async function connect(
  name: string,
  version: number | undefined,
  upgrade: Upgrade,
  { onReplaced, onClosed }: Endings,
): Promise<IDBPDatabase<StoreSchema>> {
  let refuse: ((error: VisavisError) => void) | undefined
  const refused = new Promise<never>((_, reject) => {
    refuse = reject
  })
  const timer = setTimeout(() => {
    refuse?.(
      new VisavisError(
        'store_locked',
        `The browser keeps the store ${name} closed, as it does while it is being deleted; close all other pages that use it and open it again.`,
      ),
    )
  }, mostWaiting)
  const opening = openDB<StoreSchema>(name, version, {
    upgrade(...about) {
      clearTimeout(timer)
      upgrade(...about)
    },
    blocked() {
      refuse?.(
        new VisavisError(
          'store_locked',
          `An older page keeps the store ${name} open; close it and open this one again.`,
        ),
      )
    },
    blocking: onReplaced,
    terminated: onClosed,
  })
  try {
    return await Promise.race([opening, refused])
  } catch (error) {
    // It may still open once the older connection is closed, and would then block the next one.
    void opening.then(
      (late) => late.close(),
      () => undefined,
    )
    throw error
  } finally {
    clearTimeout(timer)
  }
}
