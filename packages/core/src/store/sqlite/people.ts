import type { SQLInputValue } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { isVisavisError } from '../../errors.ts'
import type { Row, SqliteConnection } from './connection.ts'
import { decodeDetails, decodePerson, decodeTemplates } from './person.ts'
import type { PersonQuery, PersonRecord, PersonTemplates } from '../store.ts'
import { nameMatcher } from '../../values/name-matcher.ts'

/** How many people are read before yielding to the event loop, without and with their pictures. */
const headBatch = 1000
const wholeBatch = 100

/** A person whose record is not as it was written. */
export interface DamagedPerson {
  readonly id: string
  /** The area in which they are staged; `undefined` for an enrolled person. */
  readonly area: string | undefined
}

/** Reads people, each checked against the checksums of its parts. */
export class SqlitePeople {
  readonly #connection: SqliteConnection

  constructor(connection: SqliteConnection) {
    this.#connection = connection
  }

  async *templates(): AsyncIterable<PersonTemplates> {
    for (const { rows, after, upTo } of this.#heads()) {
      const memberships = this.#memberships(after, upTo)
      // All of the batch before the first is yielded: meanwhile a slot may be reused for another person.
      const people = rows.map(({ id, bytes }) => decodeTemplates(id, memberships.get(id) ?? [], bytes ?? undefined))
      for (const person of people) yield person
      await setImmediate()
    }
  }

  persons(ids: readonly string[]): PersonRecord[] {
    // SQLite would take half of a surrogate pair for U+FFFD, which is another id.
    const possible = ids.filter((id) => !/\p{Cs}/u.test(id))
    return possible.flatMap((id) =>
      this.#whole('SELECT * FROM persons WHERE id = ?', id).map((row) => this.#person(row)),
    )
  }

  list({ collectionId, name, offset, limit }: PersonQuery): { persons: PersonRecord[]; total: number } {
    const conditions: string[] = []
    const values: SQLInputValue[] = []
    if (collectionId !== undefined) {
      conditions.push('id IN (SELECT person_id FROM memberships WHERE collection_id = ?)')
      values.push(collectionId)
    }
    if (name !== undefined) {
      conditions.push('id IN (SELECT value FROM json_each(?))')
      values.push(JSON.stringify(this.#idsNamed(name)))
    }
    const found = `FROM persons ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}`
    const [count] = this.#connection.all(`SELECT count(*) AS total ${found}`, ...values)
    const rows = this.#whole(`SELECT * ${found} ORDER BY id LIMIT ? OFFSET ?`, ...values, limit, offset)
    return { persons: rows.map((row) => this.#person(row)), total: count?.['total'] as number }
  }

  async *staged(area: string): AsyncIterable<PersonRecord> {
    const rows = this.#connection.all('SELECT id FROM staged_persons WHERE area = ? ORDER BY id', area)
    for (const [i, { id }] of (rows as { id: string }[]).entries()) {
      if (i % wholeBatch === wholeBatch - 1) await setImmediate()
      const [row] = this.#whole('SELECT * FROM staged_persons WHERE area = ? AND id = ?', area, id)
      if (row !== undefined) yield toRecord(row, JSON.parse(row['collection_ids'] as string) as string[])
    }
  }

  /** Reads all people; yields to the event loop in between. */
  async *damaged(): AsyncIterable<DamagedPerson> {
    yield* this.#damagedIn(undefined, 'SELECT * FROM persons WHERE id > ? ORDER BY id LIMIT ?')
    const sql = 'SELECT * FROM staged_persons WHERE area = ? AND id > ? ORDER BY id LIMIT ?'
    for (const area of this.areas()) yield* this.#damagedIn(area, sql, area)
  }

  areas(): string[] {
    return this.#connection.all('SELECT DISTINCT area FROM staged_persons').map((row) => row['area'] as string)
  }

  async *#damagedIn(area: string | undefined, sql: string, ...values: SQLInputValue[]): AsyncIterable<DamagedPerson> {
    let last = ''
    for (;;) {
      const rows = this.#whole(sql, ...values, last, wholeBatch)
      for (const row of rows) if (!isWhole(row)) yield { id: row['id'] as string, area }
      const end = rows.at(-1)
      if (end === undefined) return
      last = end['id'] as string
      await setImmediate()
    }
  }

  /** The heads of all people in batches, each with the id before its first and its last. */
  *#heads(): Iterable<{ rows: { id: string; bytes: Uint8Array | null }[]; after: string; upTo: string }> {
    const sql = 'SELECT id, bytes FROM persons LEFT JOIN heads ON slot = head WHERE id > ? ORDER BY id LIMIT ?'
    let after = ''
    for (;;) {
      const rows = this.#connection.all(sql, after, headBatch) as { id: string; bytes: Uint8Array | null }[]
      const upTo = rows.at(-1)?.id
      if (upTo === undefined) return
      yield { rows, after, upTo }
      after = upTo
    }
  }

  #idsNamed(name: string): string[] {
    const isNamed = nameMatcher(name)
    const ids: string[] = []
    for (const { rows } of this.#heads()) {
      for (const { id, bytes } of rows) {
        const details = decodeDetails(id, bytes ?? undefined)
        if (isNamed(details.name)) ids.push(id)
      }
    }
    return ids
  }

  /** Rows of people with the bytes of what they are made of, in the order of their ids. */
  #whole(people: string, ...values: SQLInputValue[]): Row[] {
    return this.#connection.all(
      `SELECT people.*, heads.bytes AS head_bytes, pictures.bytes AS pictures_bytes FROM (${people}) AS people
       LEFT JOIN heads ON heads.slot = people.head LEFT JOIN pictures ON pictures.slot = people.pictures
       ORDER BY people.id`,
      ...values,
    )
  }

  #person(row: Row): PersonRecord {
    const id = row['id'] as string
    const sql = 'SELECT collection_id FROM memberships WHERE person_id = ? ORDER BY collection_id'
    const memberships = this.#connection.all(sql, id)
    return toRecord(
      row,
      memberships.map((membership) => membership['collection_id'] as string),
    )
  }

  /** Of the people after one id up to another. */
  #memberships(after: string, upTo: string): Map<string, string[]> {
    const rows = this.#connection.all(
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
}

function toRecord(row: Row, collectionIds: string[]): PersonRecord {
  const id = row['id'] as string
  const head = (row['head_bytes'] as Uint8Array | null) ?? undefined
  const pictures = (row['pictures_bytes'] as Uint8Array | null) ?? undefined
  return {
    id,
    ...decodePerson(id, head, pictures),
    collectionIds,
    createdAt: row['created_at'] as string,
    modifiedAt: row['modified_at'] as string,
  }
}

function isWhole(row: Row): boolean {
  try {
    toRecord(row, [])
    return true
  } catch (error) {
    if (isVisavisError(error, 'store_corrupt')) return false
    throw error
  }
}
