import { openDB, type IDBPDatabase } from 'idb'
import { isVisavisError, VisavisError } from '../errors.ts'
import type { StoreSchema } from './indexeddb-rows.ts'

const schemaVersion = 2

/** How long to wait for the lock, milliseconds: a page that is being reloaded lets go of it a moment later. */
const patience = 1000

/** A connection that is the only one of visavis to its database, in all tabs and workers of the origin. */
export interface ExclusiveDatabase {
  readonly connection: IDBPDatabase<StoreSchema>
  /** Why the connection ended by itself; `undefined` while it has not. */
  readonly lost: VisavisError | undefined
  /** Closes the connection when its transactions are done, and lets others open. */
  close(): void
}

/**
 * Opens a database for one writer, and makes its object stores where there are none.
 *
 * @throws VisavisError `store_locked`, `store_version`, `store_corrupt`, `store_quota`, `store_unavailable`
 */
export async function openExclusively(name: string): Promise<ExclusiveDatabase> {
  if (globalThis.indexedDB === undefined || globalThis.navigator?.locks === undefined) {
    throw new VisavisError(
      'store_unavailable',
      'The store needs IndexedDB and Web Locks, which a page has in a secure context; serve it over https or from localhost.',
    )
  }
  let connection: IDBPDatabase<StoreSchema> | undefined
  let lost: VisavisError | undefined
  const lose = (why: string): void => {
    lost ??= new VisavisError('store_unavailable', `${why}; nothing that was written before is lost, open it again.`)
    connection?.close()
  }
  const unlock = await lock(name, () => lose(`Another tab took the store ${name} over`))
  try {
    connection = await open(name, {
      onReplaced: () => {
        lose(`Somebody deletes or upgrades the store ${name}, so it was closed`)
        unlock()
      },
      onClosed: () => lose(`The browser closed the store ${name}`),
    })
  } catch (error) {
    unlock()
    throw translate(error, name)
  }
  const opened = connection
  return {
    connection: opened,
    get lost() {
      return lost
    },
    close() {
      opened.close()
      unlock()
    },
  }
}

interface Endings {
  onReplaced: () => void
  onClosed: () => void
}

async function open(name: string, { onReplaced, onClosed }: Endings): Promise<IDBPDatabase<StoreSchema>> {
  let refuse: ((error: VisavisError) => void) | undefined
  const blocked = new Promise<never>((_, reject) => {
    refuse = reject
  })
  let isForeign = false
  const opening = openDB<StoreSchema>(name, schemaVersion, {
    upgrade(database, from, _, transaction) {
      isForeign = from > 0 && [...database.objectStoreNames].join() !== 'collections,persons,templates,thumbnails'
      if (isForeign) {
        // Opening fails and says so; the transaction's own end need not be heard.
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
      database.createObjectStore('states')
      database.createObjectStore('staged')
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
  let database: IDBPDatabase<StoreSchema>
  try {
    database = await Promise.race([opening, blocked])
  } catch (error) {
    // It may still open when the one in the way is gone, and would then be in somebody's way itself.
    void opening.then(
      (late) => late.close(),
      () => undefined,
    )
    throw isForeign ? foreign(name) : translate(error, name)
  }
  const found = [...database.objectStoreNames].join()
  if (found !== 'collections,persons,staged,states,templates,thumbnails') {
    database.close()
    throw foreign(name)
  }
  return database
}

function foreign(name: string): VisavisError {
  return new VisavisError('store_corrupt', `${name} is a database of something else than visavis; choose another name.`)
}

/** @returns what lets go of the lock */
function lock(name: string, onStolen: () => void): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let held = false
    const holding = (): Promise<void> =>
      new Promise((release) => {
        held = true
        resolve(release)
      })
    const timeout = AbortSignal.timeout(patience)
    navigator.locks.request(`visavis store ${name}`, { signal: timeout }, holding).catch((cause: unknown) => {
      if (held) onStolen()
      else if (timeout.aborted) {
        reject(
          new VisavisError(
            'store_locked',
            `The store ${name} is open in another tab or worker; close it there first.`,
            {
              cause,
            },
          ),
        )
      } else reject(translate(cause, name))
    })
  })
}

/** What an error of the browser means to whoever uses the store; others are returned as they are. */
export function translate(error: unknown, name: string): unknown {
  if (isVisavisError(error) || !(error instanceof DOMException)) return error
  switch (error.name) {
    case 'QuotaExceededError':
      return new VisavisError(
        'store_quota',
        `The browser gives the store ${name} no more room; nothing was changed, free disk space or delete people.`,
        { cause: error },
      )
    case 'VersionError':
      return new VisavisError('store_version', `The store ${name} was written by a later visavis; update this one.`, {
        cause: error,
      })
    case 'NotReadableError':
      return new VisavisError(
        'store_corrupt',
        `The browser cannot read the store ${name} any more; delete its database and enroll people anew.`,
        { cause: error },
      )
    case 'AbortError':
    case 'InvalidStateError':
    case 'NotAllowedError':
    case 'NotFoundError':
    case 'SecurityError':
    case 'UnknownError':
      return new VisavisError(
        'store_unavailable',
        `The browser does not let the store ${name} be used; allow this site to keep data, and see that the disk is not full.`,
        { cause: error },
      )
    default:
      return error
  }
}
