import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { isVisavisError, VisavisError } from '../errors.ts'
import { checkPages, emptyLog, openDatabase, translate } from './sqlite-database.ts'
import { SqliteSlots } from './sqlite-slots.ts'
import type { CollectionRecord, PersonQuery, PersonRecord, PersonTemplates, Store, StoreChange } from './store.ts'
import { decodeHead, encodeHead, encodePictures, toTemplates, withPictures, type Head } from './stored-person.ts'

export interface SqliteStoreOptions {
  /** The database file; made where there is none. Its folder must exist. */
  path: string
}

/** A store in a file. */
export interface SqliteStore extends Store {
  /**
   * Reads the whole file and holds all of it against itself; it takes about as long as copying it.
   * @throws VisavisError `store_corrupt`
   */
  checkIntegrity(): Promise<void>
}

/**
 * A store in one SQLite file, through Node's own `node:sqlite`. A write that has resolved survives a loss of power; one
 * process at a time holds the file.
 *
 * @throws VisavisError `store_locked` where another process holds it, `store_corrupt` where it is no store or damaged,
 * `store_version` where a later visavis wrote it, `store_unavailable` where it cannot be opened, `store_quota` where the
 * disk has no room to bring it to this version.
 */
export async function sqliteStore({ path }: SqliteStoreOptions): Promise<SqliteStore> {
  const store = new SqliteFile(path)
  try {
    await store.erased()
  } catch (error) {
    // On a full disk people can be searched all the same.
    if (!isVisavisError(error, 'store_quota')) {
      await store.close()
      throw error
    }
  }
  return store
}

/** How many people are read at once. */
const batchSize = 1000

type Row = Record<string, unknown>

class SqliteFile implements SqliteStore {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements: Map<string, StatementSync> = new Map()
  readonly #heads: SqliteSlots
  readonly #pictures: SqliteSlots
  /** At first what was deleted before the process was killed may still be in the log. */
  #leftToErase = true

  constructor(path: string) {
    this.#path = path
    this.#database = openDatabase(path)
    this.#heads = new SqliteSlots(this.#database, 'heads')
    this.#pictures = new SqliteSlots(this.#database, 'pictures')
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    this.#guarded(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        for (const change of changes) this.#apply(change)
        this.#database.exec('COMMIT')
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        // Pages of what was taken back may have got into the log already.
        this.#leftToErase = true
        throw error
      }
    })
  }

  async erased(): Promise<void> {
    if (!this.#leftToErase) return
    try {
      this.#guarded(() => emptyLog(this.#database, this.#path))
    } catch (error) {
      if (!isVisavisError(error, 'store_quota')) throw error
      throw new VisavisError(
        'store_quota',
        `The disk of the store ${this.#path} is full, so what was deleted is still in its log; free some of it, and open the store again.`,
        { cause: error },
      )
    }
    this.#leftToErase = false
  }

  async checkIntegrity(): Promise<void> {
    this.#guarded(() => {
      checkPages(this.#database, this.#path, 'integrity_check(1)')
      checkPages(this.#database, this.#path, 'foreign_key_check')
    })
  }

  async *templates(): AsyncIterable<PersonTemplates> {
    let last = ''
    for (;;) {
      const rows = this.#all(
        'SELECT id, bytes FROM persons LEFT JOIN heads ON slot = head WHERE id > ? ORDER BY id LIMIT ?',
        last,
        batchSize,
      )
      const end = rows.at(-1)?.['id'] as string | undefined
      if (end === undefined) return
      const memberships = this.#memberships(last, end)
      // All of them before the first is given out: meanwhile slots may become somebody else's.
      yield* rows.map((row) => {
        const id = row['id'] as string
        return toTemplates(id, memberships.get(id) ?? [], decodeHead((row['bytes'] as Uint8Array | null) ?? undefined))
      })
      last = end
    }
  }

  async persons(ids: readonly string[]): Promise<PersonRecord[]> {
    return ids.flatMap((id) => this.#all('SELECT * FROM persons WHERE id = ?', id).map((row) => this.#person(row)))
  }

  async listPersons(query: PersonQuery): Promise<{ persons: PersonRecord[]; total: number }> {
    const conditions: string[] = []
    const values: SQLInputValue[] = []
    if (query.collectionId !== undefined) {
      conditions.push('id IN (SELECT person_id FROM memberships WHERE collection_id = ?)')
      values.push(query.collectionId)
    }
    if (query.name !== undefined) {
      const wanted = query.name.toLowerCase()
      const named = this.#all('SELECT id, head FROM persons')
        .filter((row) => (this.#head(row).details.name ?? '').toLowerCase().includes(wanted))
        .map((row) => row['id'] as string)
      conditions.push('id IN (SELECT value FROM json_each(?))')
      values.push(JSON.stringify(named))
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
    const [count] = this.#all(`SELECT count(*) AS total FROM persons ${where}`, ...values)
    const rows = this.#all(
      `SELECT * FROM persons ${where} ORDER BY id LIMIT ? OFFSET ?`,
      ...values,
      query.limit,
      query.offset,
    )
    return { persons: rows.map((row) => this.#person(row)), total: count?.['total'] as number }
  }

  async collections(): Promise<CollectionRecord[]> {
    return this.#all('SELECT * FROM collections ORDER BY sequence').map((row) => ({
      id: row['id'] as string,
      name: row['name'] as string,
      description: row['description'] as string,
      createdAt: row['created_at'] as string,
      modifiedAt: row['modified_at'] as string,
    }))
  }

  async state(key: string): Promise<string | undefined> {
    return this.#all('SELECT value FROM states WHERE key = ?', key)[0]?.['value'] as string | undefined
  }

  async states(prefix: string): Promise<(readonly [string, string])[]> {
    const rows = this.#all('SELECT * FROM states WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key', prefix)
    return rows.map((row) => [row['key'] as string, row['value'] as string])
  }

  async areas(): Promise<string[]> {
    return this.#all('SELECT DISTINCT area FROM staged_persons').map((row) => row['area'] as string)
  }

  async *staged(area: string): AsyncIterable<PersonRecord> {
    const rows = this.#all('SELECT id FROM staged_persons WHERE area = ? ORDER BY id', area)
    for (const { id } of rows as { id: string }[]) {
      const [row] = this.#all('SELECT * FROM staged_persons WHERE area = ? AND id = ?', area, id)
      if (row !== undefined) yield this.#record(row, JSON.parse(row['collection_ids'] as string) as string[])
    }
  }

  async close(): Promise<void> {
    this.#statements.clear()
    if (this.#database.isOpen) this.#database.close()
  }

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'put_person':
        return this.#putPerson(change.person)
      case 'delete_person':
        return this.#removePersons('persons WHERE id = ?', change.id)
      case 'put_collection': {
        const { id, name, description, createdAt, modifiedAt } = change.collection
        this.#run(
          `INSERT INTO collections (id, name, description, created_at, modified_at) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,
             created_at = excluded.created_at, modified_at = excluded.modified_at`,
          ...[id, name, description, createdAt, modifiedAt],
        )
        return
      }
      case 'delete_collection':
        return this.#remove('DELETE FROM collections WHERE id = ?', change.id)
      case 'put_state':
        this.#remove('DELETE FROM states WHERE key = ?', change.key)
        this.#run('INSERT INTO states (key, value) VALUES (?, ?)', change.key, change.value)
        return
      case 'delete_state':
        return this.#remove('DELETE FROM states WHERE key = ?', change.key)
      case 'stage_person':
        return this.#stagePerson(change.area, change.person)
      case 'unstage_person':
        return this.#removePersons('staged_persons WHERE area = ? AND id = ?', change.area, change.id)
      case 'put_staged':
        return this.#putStaged(change.area, change.within)
      case 'delete_staged':
        return this.#removePersons('staged_persons WHERE area = ?', change.area)
    }
  }

  #putPerson(person: PersonRecord): void {
    const { id, collectionIds, createdAt, modifiedAt } = person
    this.#removePersons('persons WHERE id = ?', id)
    this.#run(
      'INSERT INTO persons (id, head, pictures, created_at, modified_at) VALUES (?, ?, ?, ?, ?)',
      ...[id, ...this.#putSlots(person), createdAt, modifiedAt],
    )
    for (const collectionId of collectionIds) {
      this.#run('INSERT INTO memberships (person_id, collection_id) VALUES (?, ?)', id, collectionId)
    }
  }

  #stagePerson(area: string, person: PersonRecord): void {
    const { id, collectionIds, createdAt, modifiedAt } = person
    this.#removePersons('staged_persons WHERE area = ? AND id = ?', area, id)
    this.#run(
      `INSERT INTO staged_persons (area, id, head, pictures, created_at, modified_at, collection_ids)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[area, id, ...this.#putSlots(person), createdAt, modifiedAt, JSON.stringify(collectionIds)],
    )
  }

  /** Only rows that point at slots change hands, so that it is quick however many they are. */
  #putStaged(area: string, within: readonly string[] | undefined): void {
    if (within !== undefined) {
      // Before the people as they were go, and their memberships with them.
      this.#run(
        `UPDATE staged_persons SET collection_ids = (
           SELECT json_group_array(id) FROM (
             SELECT value AS id FROM json_each(staged_persons.collection_ids)
             UNION SELECT collection_id FROM memberships
             WHERE person_id = staged_persons.id AND collection_id NOT IN (SELECT value FROM json_each(?2))
           )
         ) WHERE area = ?1`,
        ...[area, JSON.stringify(within)],
      )
    }
    this.#removePersons('persons WHERE id IN (SELECT id FROM staged_persons WHERE area = ?)', area)
    this.#run(
      `INSERT INTO persons (id, head, pictures, created_at, modified_at)
       SELECT id, head, pictures, created_at, modified_at FROM staged_persons WHERE area = ?`,
      area,
    )
    this.#run(
      `INSERT INTO memberships (person_id, collection_id)
       SELECT staged_persons.id, value FROM staged_persons, json_each(collection_ids) WHERE area = ?`,
      area,
    )
    this.#run('DELETE FROM staged_persons WHERE area = ?', area)
  }

  #putSlots(person: PersonRecord): [head: number, pictures: number] {
    return [this.#heads.put(encodeHead(person)), this.#pictures.put(encodePictures(person))]
  }

  /** @param from A table of people, and a condition. */
  #removePersons(from: string, ...values: SQLInputValue[]): void {
    for (const row of this.#statement(`SELECT head, pictures FROM ${from}`).all(...values)) {
      this.#heads.erase(row['head'] as number)
      this.#pictures.erase(row['pictures'] as number)
    }
    this.#remove(`DELETE FROM ${from}`, ...values)
  }

  #person(row: Row): PersonRecord {
    const id = row['id'] as string
    const memberships = this.#all('SELECT * FROM memberships WHERE person_id = ? ORDER BY collection_id', id)
    return this.#record(
      row,
      memberships.map((membership) => membership['collection_id'] as string),
    )
  }

  #record(row: Row, collectionIds: string[]): PersonRecord {
    const head = this.#head(row)
    return {
      id: row['id'] as string,
      ...head.details,
      collectionIds,
      faces: withPictures(
        head,
        this.#guarded(() => this.#pictures.get(row['pictures'] as number)),
      ),
      createdAt: row['created_at'] as string,
      modifiedAt: row['modified_at'] as string,
    }
  }

  #head(row: Row): Head {
    return decodeHead(this.#guarded(() => this.#heads.get(row['head'] as number)))
  }

  /** Of the people after one id up to another. */
  #memberships(after: string, upTo: string): Map<string, string[]> {
    const rows = this.#all(
      'SELECT * FROM memberships WHERE person_id > ? AND person_id <= ? ORDER BY person_id, collection_id',
      ...[after, upTo],
    )
    const memberships = new Map<string, string[]>()
    for (const row of rows as { person_id: string; collection_id: string }[]) {
      const ids = memberships.get(row.person_id)
      if (ids === undefined) memberships.set(row.person_id, [row.collection_id])
      else ids.push(row.collection_id)
    }
    return memberships
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#guarded(() => this.#statement(sql).all(...values))
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values)
  }

  #remove(sql: string, ...values: SQLInputValue[]): void {
    if (this.#statement(sql).run(...values).changes !== 0) this.#leftToErase = true
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw translate(error, this.#path)
    }
  }
}
