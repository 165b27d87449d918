import { randomUUID } from 'node:crypto'
import { chmodSync, closeSync, linkSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { isVisavisError, VisavisError } from '../../errors.ts'
import { applicationId, migrate, schemaVersion } from './schema.ts'

/** All but what people are made of, which is large, and checked when it is read. */
const checkedTables = ['persons', 'collections', 'memberships', 'states', 'staged_persons', 'free_slots']

/**
 * Opens a store's database for this process alone, and makes it or brings it to this version.
 *
 * @throws VisavisError `store_locked`, `store_corrupt`, `store_version`, `store_quota`, `store_unavailable`
 */
export function openDatabase(path: string): DatabaseSync {
  const Database = sqliteOfNode()
  let database: DatabaseSync | undefined
  try {
    if (isFile(path)) makeFile(Database, path)
    database = new Database(path)
    prepare(database, path)
    return database
  } catch (error) {
    database?.close()
    throw translate(error, path)
  }
}

/** @throws VisavisError `runtime_unsupported` */
function sqliteOfNode(): typeof DatabaseSync {
  // Through the runtime: a static import of a missing module would fail before any error could be made.
  const sqlite = process.getBuiltinModule?.('node:sqlite') as typeof import('node:sqlite') | undefined
  if (sqlite !== undefined) return sqlite.DatabaseSync
  throw new VisavisError(
    'runtime_unsupported',
    `This Node (${process.version}) has no node:sqlite; run Node 22.13 or later, without --no-experimental-sqlite.`,
  )
}

/** Not SQLite's own names for databases that are in memory, or gone when they are closed. */
function isFile(path: string): boolean {
  return path !== '' && path !== ':memory:' && !path.startsWith('file:')
}

/**
 * Makes a store where there is no file, readable by its owner alone. Under its name it is there whole or not at all, so
 * an empty file is what is left of a store, and never one that was just begun.
 *
 * @throws VisavisError `store_corrupt` where the file is empty
 */
function makeFile(Database: typeof DatabaseSync, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() === true && found.size === 0) {
    throw new VisavisError(
      'store_corrupt',
      `${path} is empty: whatever was in it is lost. Restore a copy, or delete the file to begin with an empty store.`,
    )
  }
  if (found !== undefined) return
  const begun = `${path}.${randomUUID()}`
  try {
    closeSync(openSync(begun, 'wx', 0o600))
    // Independent of the process's umask.
    chmodSync(begun, 0o600)
    const database = new Database(begun)
    try {
      prepare(database, path)
    } finally {
      database.close()
    }
    putInPlace(begun, path)
  } finally {
    for (const end of ['', '-wal', '-journal']) rmSync(begun + end, { force: true })
  }
}

/** Where another process has made the store meanwhile, that one stays. */
function putInPlace(begun: string, path: string): void {
  try {
    linkSync(begun, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    // File systems without hard links.
    renameSync(begun, path)
  }
}

function prepare(database: DatabaseSync, path: string): void {
  // Exclusive before the first read: the file is locked until it is closed, and no shared memory is needed.
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON')
  const found = number(database, 'PRAGMA application_id')
  const version = number(database, 'PRAGMA user_version')
  const tables = number(database, 'SELECT count(*) FROM sqlite_schema')
  if (tables > 0 && (found !== applicationId || version < 1)) {
    throw new VisavisError('store_corrupt', `${path} is a SQLite database of another program; choose another file.`)
  }
  if (version > schemaVersion) {
    throw new VisavisError(
      'store_version',
      `The store ${path} has version ${version}, and this visavis knows versions up to ${schemaVersion}; update visavis, or export the people with the one that wrote it.`,
    )
  }
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  migrate(database, version)
  for (const table of checkedTables) checkPages(database, path, `quick_check('${table}')`)
}

/**
 * Copies the write-ahead log into the file and cuts it to nothing: pages as they were are in it until then.
 *
 * @throws VisavisError `store_unavailable`
 */
export function emptyLog(database: DatabaseSync, path: string): void {
  if (number(database, 'PRAGMA wal_checkpoint(TRUNCATE)') !== 0) {
    throw new VisavisError('store_unavailable', `The log of the store ${path} is in use; close the store and open it.`)
  }
}

/**
 * Reads the pages a check names, and holds them against each other.
 *
 * @throws VisavisError `store_corrupt`
 */
export function checkPages(database: DatabaseSync, path: string, check: string): void {
  const rows = database.prepare(`PRAGMA ${check}`).all()
  if (rows.every((row) => Object.values(row)[0] === 'ok')) return
  throw new VisavisError('store_corrupt', `The store ${path} is damaged; restore a copy, or import an export.`)
}

function number(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0])
}

/** SQLite's primary result codes. */
const codes = { busy: 5, locked: 6, readonly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 }

/** An error of SQLite as a VisavisError; others are returned as they are. */
export function translate(error: unknown, path: string): unknown {
  if (isVisavisError(error)) return error
  const cause = { cause: error }
  const { errcode: code, syscall } = (error ?? {}) as { errcode?: number; syscall?: string }
  if (syscall !== undefined) return unavailable(path, error)
  if (code === undefined) return error
  switch (code & 0xff) {
    case codes.busy:
    case codes.locked:
      return new VisavisError(
        'store_locked',
        `Another process has the store ${path} open; close it there first.`,
        cause,
      )
    case codes.corrupt:
    case codes.notADatabase:
      return new VisavisError(
        'store_corrupt',
        `${path} is damaged or not a store of visavis; restore a copy, or import an export.`,
        cause,
      )
    case codes.full:
      return new VisavisError(
        'store_quota',
        `The disk of the store ${path} is full; nothing was changed, free some of it.`,
        cause,
      )
    case codes.readonly:
    case codes.ioError:
    case codes.cannotOpen:
      return unavailable(path, error)
    default:
      return error
  }
}

function unavailable(path: string, cause: unknown): VisavisError {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new VisavisError('store_quota', `The disk of the store ${path} is full; free some of it.`, { cause })
  }
  return new VisavisError(
    'store_unavailable',
    `The store ${path} cannot be opened for writing; check the path, its folder and its permissions.`,
    { cause },
  )
}
