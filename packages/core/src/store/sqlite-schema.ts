import type { DatabaseSync } from 'node:sqlite'
import type { Gender } from '../searcher.ts'
import { SqliteSlots } from './sqlite-slots.ts'
import type { PersonRecord } from './store.ts'
import { encodeHead, encodePictures } from './stored-person.ts'

/** Marks the file as ours, as SQLite's `application_id`: "vsav". */
export const applicationId = 0x76736176

/** What makes each version of the schema from the one before; the first from nothing. Never changed, only added to. */
const migrations = [
  `
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
  `,
  // People in rows that can be erased, see SqliteSlots; texts kept beside them; people kept for later.
  `
  ALTER TABLE persons RENAME TO old_persons;
  ALTER TABLE memberships RENAME TO old_memberships;
  CREATE TABLE heads (slot INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE pictures (slot INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE free_slots (
    kind TEXT NOT NULL,
    size INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    PRIMARY KEY (kind, size, slot)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE persons (
    id TEXT PRIMARY KEY,
    head INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE memberships (
    person_id TEXT NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    PRIMARY KEY (person_id, collection_id)
  ) STRICT, WITHOUT ROWID;
  DROP INDEX members;
  CREATE INDEX members ON memberships (collection_id);
  CREATE TABLE states (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE staged_persons (
    area TEXT NOT NULL,
    id TEXT NOT NULL,
    head INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    modified_at TEXT NOT NULL,
    collection_ids TEXT NOT NULL,
    PRIMARY KEY (area, id)
  ) STRICT, WITHOUT ROWID;
  `,
]

export const schemaVersion: number = migrations.length

/** Brings a database of an earlier version, 0 for an empty one, to this one: all the way or not at all. */
export function migrate(database: DatabaseSync, from: number): void {
  if (from === schemaVersion) return
  // Renaming tables must not follow their foreign keys.
  database.exec('PRAGMA legacy_alter_table = ON; BEGIN IMMEDIATE')
  try {
    for (const migration of migrations.slice(from)) database.exec(migration)
    movePeople(database)
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`)
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
  database.exec('PRAGMA legacy_alter_table = OFF')
}

/** The people of version 1, which had a column for each of their details, into the slots of version 2. */
function movePeople(database: DatabaseSync): void {
  const heads = new SqliteSlots(database, 'heads')
  const pictures = new SqliteSlots(database, 'pictures')
  const put = database.prepare(
    'INSERT INTO persons (id, head, pictures, created_at, modified_at) VALUES (?, ?, ?, ?, ?)',
  )
  const facesOf = database.prepare('SELECT * FROM faces WHERE person_id = ? ORDER BY position')
  for (const { id } of database.prepare('SELECT id FROM old_persons').all() as { id: string }[]) {
    const row = database.prepare('SELECT * FROM old_persons WHERE id = ?').get(id) as Record<string, string>
    const person: PersonRecord = {
      id,
      name: row['name'] ?? null,
      gender: (row['gender'] as Gender | undefined) ?? null,
      dateOfBirth: row['date_of_birth'] ?? null,
      nationality: row['nationality'] ?? null,
      notes: row['notes'] ?? null,
      collectionIds: [],
      faces: facesOf.all(id).map((face) => ({
        id: face['id'] as string,
        modelId: face['model_id'] as string,
        thumbnail: face['thumbnail'] as Uint8Array,
        template: new Float32Array((face['template'] as Uint8Array).slice().buffer),
      })),
      createdAt: row['created_at'] as string,
      modifiedAt: row['modified_at'] as string,
    }
    const slots = [heads.put(encodeHead(person)), pictures.put(encodePictures(person))]
    put.run(id, ...slots, person.createdAt, person.modifiedAt)
  }
  database.exec(`
    INSERT INTO memberships SELECT person_id, collection_id FROM old_memberships;
    DROP TABLE old_memberships;
    DROP TABLE faces;
    DROP TABLE old_persons;
  `)
}
