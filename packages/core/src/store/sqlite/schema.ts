import type { DatabaseSync } from 'node:sqlite'
import { addChecksums, movePeople } from './upgrades.ts'

/** Marks the file as ours, as SQLite's `application_id`: "vsav". */
export const applicationId = 0x76736176

/** What makes each version of the schema from the one before; the first from nothing. Never changed, only added to. */
const migrations: readonly ((database: DatabaseSync) => void)[] = [
  (database) => database.exec(tables),
  (database) => {
    database.exec(slots)
    movePeople(database)
  },
  addChecksums,
]

const tables = `
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

/** People in rows that can be erased, see SqliteSlots; states; staged people. */
const slots = `
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
`

export const schemaVersion: number = migrations.length

/** Brings a database of an earlier version, 0 for an empty one, to this one: all the way or not at all. */
export function migrate(database: DatabaseSync, from: number): void {
  if (from === schemaVersion) return
  // Renaming tables must not follow their foreign keys.
  database.exec('PRAGMA legacy_alter_table = ON; BEGIN IMMEDIATE')
  try {
    for (const migration of migrations.slice(from)) migration(database)
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${schemaVersion}; COMMIT`)
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
  database.exec('PRAGMA legacy_alter_table = OFF')
}
