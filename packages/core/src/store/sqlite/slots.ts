import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** A slot's size is a multiple of this, bytes, so that another's content will fit when it is free. */
const sizeStep = 256
/** A free slot may be so many times larger than what is put into it. */
const mostOversize = 1.5

/**
 * Bytes that can be erased: rows of a table that are only ever appended, and written over in place. SQLite leaves copies
 * of what it moves between pages in their unused parts, also with `secure_delete`; a row that is neither deleted nor
 * resized is never moved.
 */
export class SqliteSlots {
  readonly #get: StatementSync
  readonly #append: StatementSync
  readonly #overwrite: StatementSync
  readonly #blank: StatementSync
  readonly #free: StatementSync
  readonly #findFree: StatementSync
  readonly #take: StatementSync

  /** @param table `heads` or `pictures`. */
  constructor(database: DatabaseSync, table: 'heads' | 'pictures') {
    const prepare = (sql: string): StatementSync => database.prepare(sql)
    this.#get = prepare(`SELECT bytes FROM ${table} WHERE slot = ?`)
    this.#append = prepare(`INSERT INTO ${table} (bytes) VALUES (?)`)
    this.#overwrite = prepare(`UPDATE ${table} SET bytes = ? WHERE slot = ?`)
    this.#blank = prepare(`UPDATE ${table} SET bytes = zeroblob(length(bytes)) WHERE slot = ?`)
    this.#free = prepare(
      `INSERT OR IGNORE INTO free_slots (kind, size, slot) SELECT '${table}', length(bytes), slot FROM ${table} WHERE slot = ?`,
    )
    this.#findFree = prepare(
      `SELECT size, slot FROM free_slots WHERE kind = '${table}' AND size BETWEEN ? AND ? ORDER BY size, slot LIMIT 1`,
    )
    this.#take = prepare(`DELETE FROM free_slots WHERE kind = '${table}' AND size = ? AND slot = ?`)
  }

  /** Keeps bytes, and says in which slot; behind them are zeros up to the slot's size. */
  put(bytes: Uint8Array): number {
    const least = Math.ceil(bytes.byteLength / sizeStep) * sizeStep
    const free = this.#findFree.get(least, least * mostOversize) as { size: number; slot: number } | undefined
    const padded = new Uint8Array(free?.size ?? least)
    padded.set(bytes)
    if (free === undefined) return Number(this.#append.run(padded).lastInsertRowid)
    this.#take.run(free.size, free.slot)
    this.#overwrite.run(padded, free.slot)
    return free.slot
  }

  get(slot: number): Uint8Array | undefined {
    return this.#get.get(slot)?.['bytes'] as Uint8Array | undefined
  }

  /** Overwrites a slot with zeros and frees it. */
  erase(slot: number): void {
    this.#blank.run(slot)
    this.#free.run(slot)
  }
}
