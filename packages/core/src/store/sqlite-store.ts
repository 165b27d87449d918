import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { VisavisError } from '../errors.ts'
import type {
  CollectionRecord,
  FaceRecord,
  PersonQuery,
  PersonRecord,
  PersonTemplates,
  Store,
  StoreChange,
} from './store.ts'

export interface SqliteStoreOptions {
  /** The database file; made where there is none. Its folder must exist. */
  path: string
}

/** Marks the file as ours, as SQLite's `application_id`: "vsav". */
const applicationId = 0x76736176
const schemaVersion = 1

const schema = `
  CREATE TABLE persons (
    id TEXT PRIMARY KEY,
    name TEXT,
    gender TEXT CHECK (gender IN ('M', 'F')),
    date_of_birth TEXT,
    nationality TEXT,
    notes TEXT,
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE faces (
    person_id TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    thumbnail BLOB NOT NULL,
    model_id TEXT NOT NULL,
    template BLOB NOT NULL,
    PRIMARY KEY (person_id, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE collections (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE memberships (
    person_id TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, collection_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX members ON memberships (collection_id);
`

/**
 * A store in one SQLite file, through Node's own `node:sqlite`. A write that has resolved survives a loss of power; one
 * process at a time holds the file.
 *
 * @throws VisavisError `store_locked` where another process holds it, `store_corrupt` where it is no store or damaged,
 * `store_version` where a later visavis wrote it, `store_unavailable` where it cannot be opened.
 */
export async function sqliteStore({ path }: SqliteStoreOptions): Promise<Store> {
  return new SqliteStore(path)
}

class SqliteStore implements Store {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #statements: Map<string, StatementSync> = new Map()

  constructor(path: string) {
    this.#path = path
    const database = this.#guarded(() => new DatabaseSync(path))
    try {
      this.#guarded(() => open(database, path))
    } catch (error) {
      database.close()
      throw error
    }
    this.#database = database
  }

  async write(changes: readonly StoreChange[]): Promise<void> {
    this.#guarded(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        for (const change of changes) this.#apply(change)
        this.#database.exec('COMMIT')
      } catch (error) {
        if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  async *templates(): AsyncIterable<PersonTemplates> {
    const ids = this.#all('SELECT id FROM persons ORDER BY id').map((row) => row['id'] as string)
    for (const personId of ids) {
      yield {
        personId,
        collectionIds: this.#collectionIds(personId),
        faces: this.#all('SELECT model_id, template FROM faces WHERE person_id = ? ORDER BY position', personId).map(
          (row) => ({ modelId: row['model_id'] as string, template: this.#template(row['template']) }),
        ),
      }
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
      // Compared in JavaScript's way, since SQLite folds only ASCII.
      const wanted = query.name.toLowerCase()
      const named = this.#all('SELECT id, name FROM persons')
        .filter((row) => ((row['name'] as string | null) ?? '').toLowerCase().includes(wanted))
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

  async close(): Promise<void> {
    this.#statements.clear()
    if (this.#database.isOpen) this.#database.close()
  }

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'put_person':
        return this.#putPerson(change.person)
      case 'delete_person':
        this.#run('DELETE FROM persons WHERE id = ?', change.id)
        return
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
        this.#run('DELETE FROM collections WHERE id = ?', change.id)
    }
  }

  #putPerson(person: PersonRecord): void {
    const { id, name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt } = person
    this.#run('DELETE FROM persons WHERE id = ?', id)
    this.#run(
      `INSERT INTO persons (id, name, gender, date_of_birth, nationality, notes, created_at, modified_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt],
    )
    for (const [position, face] of person.faces.entries()) {
      const { buffer, byteOffset, byteLength } = face.template
      this.#run(
        'INSERT INTO faces (person_id, position, id, thumbnail, model_id, template) VALUES (?, ?, ?, ?, ?, ?)',
        ...[id, position, face.id, face.thumbnail, face.modelId, new Uint8Array(buffer, byteOffset, byteLength)],
      )
    }
    for (const collectionId of person.collectionIds) {
      this.#run('INSERT INTO memberships (person_id, collection_id) VALUES (?, ?)', id, collectionId)
    }
  }

  #person(row: Record<string, unknown>): PersonRecord {
    const id = row['id'] as string
    const faces = this.#all('SELECT * FROM faces WHERE person_id = ? ORDER BY position', id)
    return {
      id,
      name: row['name'] as string | null,
      gender: row['gender'] as PersonRecord['gender'],
      dateOfBirth: row['date_of_birth'] as string | null,
      nationality: row['nationality'] as string | null,
      notes: row['notes'] as string | null,
      collectionIds: this.#collectionIds(id),
      faces: faces.map((face): FaceRecord => ({
        id: face['id'] as string,
        thumbnail: face['thumbnail'] as Uint8Array,
        modelId: face['model_id'] as string,
        template: this.#template(face['template']),
      })),
      createdAt: row['created_at'] as string,
      modifiedAt: row['modified_at'] as string,
    }
  }

  #collectionIds(personId: string): string[] {
    const rows = this.#all('SELECT collection_id FROM memberships WHERE person_id = ? ORDER BY collection_id', personId)
    return rows.map((row) => row['collection_id'] as string)
  }

  #template(blob: unknown): Float32Array {
    const bytes = blob as Uint8Array
    if (bytes.byteLength % 4 !== 0) {
      throw new VisavisError(
        'store_corrupt',
        `The store ${this.#path} holds a template that is cut off; restore a copy.`,
      )
    }
    return new Float32Array(bytes.slice().buffer)
  }

  #all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#guarded(() => this.#statement(sql).all(...values))
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values)
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

function open(database: DatabaseSync, path: string): void {
  // Exclusive before the first read: the file is locked until it is closed, and no shared memory is needed.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON')
  const found = database.prepare('PRAGMA application_id').get()?.['application_id'] as number
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'] as number
  const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'] as number
  if (tables > 0 && found !== applicationId) {
    throw new VisavisError('store_corrupt', `${path} is a SQLite database of another program; choose another file.`)
  }
  if (version > schemaVersion) {
    throw new VisavisError('store_version', `The store ${path} was written by a later visavis; update this one.`)
  }
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE')
  try {
    if (version === 0) {
      database.exec(schema)
      database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}`)
    }
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
}

/** SQLite's primary result codes. */
const codes = { busy: 5, locked: 6, readonly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 }

function translate(error: unknown, path: string): unknown {
  const code = (error as { errcode?: number } | null)?.errcode
  if (code === undefined) return error
  switch (code & 0xff) {
    case codes.busy:
    case codes.locked:
      return new VisavisError('store_locked', `Another process has the store ${path} open; close it there first.`, {
        cause: error,
      })
    case codes.corrupt:
    case codes.notADatabase:
      return new VisavisError('store_corrupt', `${path} is damaged or not a store of visavis; restore a copy.`, {
        cause: error,
      })
    case codes.full:
      return new VisavisError('store_quota', `The disk of the store ${path} is full; nothing was changed.`, {
        cause: error,
      })
    case codes.readonly:
    case codes.ioError:
    case codes.cannotOpen:
      return new VisavisError(
        'store_unavailable',
        `The store ${path} cannot be opened for writing; check the path, its folder and its permissions.`,
        { cause: error },
      )
    default:
      return error
  }
}
