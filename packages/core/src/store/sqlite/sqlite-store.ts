import { isVisavisError, VisavisError } from '../../errors.ts'
import { headerKey } from '../encrypted/encryption-header.ts'
import { checkTemplates, deleteFaulty, type CheckedStore, type IntegrityOptions } from '../faulty-people.ts'
import { SqliteChanges } from './changes.ts'
import { SqliteConnection } from './connection.ts'
import { checkPages, emptyLog } from './database.ts'
import { SqlitePeople, type DamagedPerson } from './people.ts'
import { snapshotFile } from './snapshot-file.ts'
import type { SnapshotStorage } from '../snapshot-storage.ts'
import { checkOptions, invalidOption, text, type OptionShape } from '../../values/option-shape.ts'
import type { CollectionRecord, PersonQuery, PersonRecord, PersonTemplates, StoreChange } from '../store.ts'

export interface SqliteStoreOptions {
  /** The database file; made where there is none. Its folder must exist. */
  path: string
}

const sqliteOptions: OptionShape<SqliteStoreOptions> = {
  path: (name, value) => {
    text(1, 32_767)(name, value)
    if ((value as string).includes('\0')) throw invalidOption(name, 'must not have a null character')
  },
}

/**
 * A store in a file. Its checks read the whole file: SQLite's own consistency check, and the checksums of all people;
 * that takes about as long as copying the file. Of encrypted people it can check only the checksums: `encryptedStore`
 * checks the templates.
 */
export interface SqliteStore extends CheckedStore {}

/**
 * A store in one SQLite file, through Node's own `node:sqlite`. A write that has resolved survives a loss of power; one
 * process at a time holds the file.
 *
 * @throws VisavisError `invalid_option`, `store_locked` where another process holds it, `store_corrupt` where it is no store or damaged,
 * `store_version` where a later visavis wrote it, `store_unavailable` where it cannot be opened, `store_quota` where the
 * disk has no room to bring it to this version.
 */
export async function sqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  checkOptions('options', sqliteOptions, options)
  const { path } = options
  const store = new SqliteFile(path)
  try {
    await store.finishErasing()
  } catch (error) {
    // On a full disk people can be searched all the same.
    if (!isVisavisError(error, 'store_quota')) {
      await store.close()
      throw error
    }
  }
  return store
}

class SqliteFile implements SqliteStore {
  readonly snapshots: SnapshotStorage
  readonly #connection: SqliteConnection
  readonly #people: SqlitePeople
  readonly #changes: SqliteChanges
  /** At first what was deleted before the process was killed may still be in the log. */
  #leftToErase = true

  constructor(path: string) {
    this.#connection = new SqliteConnection(path)
    this.snapshots = snapshotFile(`${path}-graph`)
    this.#people = new SqlitePeople(this.#connection)
    this.#changes = new SqliteChanges(this.#connection, () => {
      this.#leftToErase = true
    })
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    this.#transaction(() => {
      for (const change of changes) this.#changes.apply(change)
    })
  }

  async finishErasing(): Promise<void> {
    if (!this.#leftToErase) return
    const { database, path } = this.#connection
    try {
      this.#connection.guarded(() => emptyLog(database, path))
    } catch (error) {
      if (!isVisavisError(error, 'store_quota')) throw error
      throw new VisavisError(
        'store_quota',
        `The disk of the store ${path} is full, so what was deleted is still in its log; free some of it, and open the store again.`,
        { cause: error },
      )
    }
    this.#leftToErase = false
  }

  async checkIntegrity(options?: IntegrityOptions): Promise<void> {
    const { database, path } = this.#connection
    this.#connection.guarded(() => {
      checkPages(database, path, 'integrity_check(1)')
      checkPages(database, path, 'foreign_key_check')
    })
    const { length } = await this.#damaged()
    if (length === 0) {
      if (!(await this.#isSealed())) await checkTemplates(this, options)
      return
    }
    throw new VisavisError(
      'store_corrupt',
      `The store ${path} holds damaged records, ${length} of them; restore a copy of it, or take them out, with visavis check --repair or deleteDamaged(), and enroll those people anew.`,
    )
  }

  async deleteDamaged(options?: IntegrityOptions): Promise<string[]> {
    const damaged = await this.#damaged()
    this.#transaction(() => {
      for (const person of damaged) this.#changes.deleteDamaged(person)
      this.#changes.deleteStrayMemberships()
    })
    await this.finishErasing()
    const deleted = damaged.filter(({ area }) => area === undefined).map(({ id }) => id)
    return (await this.#isSealed()) ? deleted : [...deleted, ...(await deleteFaulty(this, options))]
  }

  templates(): AsyncIterable<PersonTemplates> {
    return this.#people.templates()
  }

  async persons(ids: readonly string[]): Promise<PersonRecord[]> {
    return this.#people.persons(ids)
  }

  async listPersons(query: PersonQuery): Promise<{ persons: PersonRecord[]; total: number }> {
    return this.#people.list(query)
  }

  async collections(): Promise<CollectionRecord[]> {
    return this.#connection.all('SELECT * FROM collections ORDER BY sequence').map((row) => ({
      id: row['id'] as string,
      name: row['name'] as string,
      description: row['description'] as string,
      createdAt: row['created_at'] as string,
      modifiedAt: row['modified_at'] as string,
    }))
  }

  async state(key: string): Promise<string | undefined> {
    const [row] = this.#connection.all('SELECT value FROM states WHERE key = ?', key)
    return row?.['value'] as string | undefined
  }

  async states(prefix: string): Promise<(readonly [string, string])[]> {
    const sql = 'SELECT * FROM states WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key'
    return this.#connection.all(sql, prefix).map((row) => [row['key'] as string, row['value'] as string])
  }

  async areas(): Promise<string[]> {
    return this.#people.areas()
  }

  staged(area: string): AsyncIterable<PersonRecord> {
    return this.#people.staged(area)
  }

  async close(): Promise<void> {
    this.#connection.close()
  }

  /** Whether the people are encrypted, so that the bytes of templates are ciphertext here. */
  async #isSealed(): Promise<boolean> {
    return (await this.state(headerKey)) !== undefined
  }

  async #damaged(): Promise<DamagedPerson[]> {
    const damaged: DamagedPerson[] = []
    for await (const person of this.#people.damaged()) damaged.push(person)
    return damaged
  }

  #transaction(work: () => void): void {
    try {
      this.#connection.transaction(work)
    } catch (error) {
      // Pages of a rolled-back write may be in the log already.
      this.#leftToErase = true
      throw error
    }
  }
}
