import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { openDatabase, translate } from './database.ts'

export type Row = Record<string, unknown>

/** A store's open database with its prepared statements. What SQLite throws comes out as an error of a store. */
export class SqliteConnection {
  readonly path: string
  readonly database: DatabaseSync
  readonly #statements: Map<string, StatementSync> = new Map()

  /** @throws VisavisError as {@link openDatabase} */
  constructor(path: string) {
    this.path = path
    this.database = openDatabase(path)
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.guarded(() => this.#statement(sql).all(...values))
  }

  /** How many rows were changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return this.guarded(() => Number(this.#statement(sql).run(...values).changes))
  }

  /** Does all of the work or none of it. */
  transaction(work: () => void): void {
    this.guarded(() => {
      this.database.exec('BEGIN IMMEDIATE')
      try {
        work()
        this.database.exec('COMMIT')
      } catch (error) {
        if (this.database.isTransaction) this.database.exec('ROLLBACK')
        throw error
      }
    })
  }

  guarded<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw translate(error, this.path)
    }
  }

  close(): void {
    this.#statements.clear()
    if (this.database.isOpen) this.database.close()
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.database.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}
