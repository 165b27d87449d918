import type { SQLInputValue } from 'node:sqlite'
import type { Row, SqliteConnection } from './connection.ts'
import type { DamagedPerson } from './people.ts'
import { guarded, packHead, packPictures } from './person.ts'
import { SqliteSlots } from './slots.ts'
import type { MembershipChange, PersonRecord, StoreChange } from '../store.ts'

/** Makes changes, inside of a transaction. */
export class SqliteChanges {
  readonly #connection: SqliteConnection
  readonly #heads: SqliteSlots
  readonly #pictures: SqliteSlots
  readonly #onRemoved: () => void

  /** @param onRemoved Called when something was deleted or replaced, which then is in the log until that is emptied. */
  constructor(connection: SqliteConnection, onRemoved: () => void) {
    this.#connection = connection
    this.#heads = new SqliteSlots(connection.database, 'heads')
    this.#pictures = new SqliteSlots(connection.database, 'pictures')
    this.#onRemoved = onRemoved
  }

  apply(change: StoreChange): void {
    switch (change.kind) {
      case 'put_person':
        return this.#putPerson(change.person)
      case 'delete_person':
        return this.#removePersons('persons WHERE id = ?', change.id)
      case 'join_collection':
      case 'leave_collection':
        return this.#move(change)
      case 'put_collection': {
        const { id, name, description, createdAt, modifiedAt } = change.collection
        this.#connection.run(
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
        this.#connection.run('INSERT INTO states (key, value) VALUES (?, ?)', change.key, change.value)
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

  /** Deletes a person whose row cannot be trusted: even its slots may be another person's. */
  deleteDamaged({ id, area }: DamagedPerson): void {
    const from = area === undefined ? 'persons WHERE id = ?' : 'staged_persons WHERE id = ? AND area = ?'
    const values = area === undefined ? [id] : [id, area]
    const [row] = this.#connection.all(`SELECT head, pictures FROM ${from}`, ...values)
    this.#remove(`DELETE FROM ${from}`, ...values)
    if (row === undefined) return
    if (!this.#isTaken('head', row)) this.#heads.erase(row['head'] as number)
    if (!this.#isTaken('pictures', row)) this.#pictures.erase(row['pictures'] as number)
  }

  /** Takes out what refers to people or collections that are not there. */
  deleteStrayMemberships(): void {
    this.#remove(
      `DELETE FROM memberships
       WHERE person_id NOT IN (SELECT id FROM persons) OR collection_id NOT IN (SELECT id FROM collections)`,
    )
  }

  #putPerson(person: PersonRecord): void {
    const { id, collectionIds, createdAt, modifiedAt } = person
    this.#removePersons('persons WHERE id = ?', id)
    this.#connection.run(
      'INSERT INTO persons (id, head, pictures, created_at, modified_at) VALUES (?, ?, ?, ?, ?)',
      ...[id, ...this.#putSlots(person), createdAt, modifiedAt],
    )
    for (const collectionId of collectionIds) {
      this.#connection.run('INSERT INTO memberships (person_id, collection_id) VALUES (?, ?)', id, collectionId)
    }
  }

  #move({ kind, personId, collectionId, modifiedAt }: MembershipChange): void {
    const changed =
      kind === 'join_collection'
        ? this.#connection.run(
            `INSERT INTO memberships (person_id, collection_id)
             SELECT persons.id, collections.id FROM persons, collections WHERE persons.id = ? AND collections.id = ?
             ON CONFLICT DO NOTHING`,
            ...[personId, collectionId],
          )
        : this.#connection.run(
            'DELETE FROM memberships WHERE person_id = ? AND collection_id = ?',
            ...[personId, collectionId],
          )
    if (changed === 0) return
    if (kind === 'leave_collection') this.#onRemoved()
    this.#connection.run('UPDATE persons SET modified_at = ? WHERE id = ?', modifiedAt, personId)
  }

  #stagePerson(area: string, person: PersonRecord): void {
    const { id, collectionIds, createdAt, modifiedAt } = person
    this.#removePersons('staged_persons WHERE area = ? AND id = ?', area, id)
    this.#connection.run(
      `INSERT INTO staged_persons (area, id, head, pictures, created_at, modified_at, collection_ids)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      ...[area, id, ...this.#putSlots(person), createdAt, modifiedAt, JSON.stringify(collectionIds)],
    )
  }

  /** Only the rows that point at slots are moved, so that it is quick for any number of people. */
  #putStaged(area: string, within: readonly string[] | undefined): void {
    if (within !== undefined) {
      // Before the enrolled people are deleted, and their memberships with them.
      this.#connection.run(
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
    this.#connection.run(
      `INSERT INTO persons (id, head, pictures, created_at, modified_at)
       SELECT id, head, pictures, created_at, modified_at FROM staged_persons WHERE area = ?`,
      area,
    )
    this.#connection.run(
      `INSERT INTO memberships (person_id, collection_id)
       SELECT staged_persons.id, value FROM staged_persons, json_each(collection_ids) WHERE area = ?`,
      area,
    )
    this.#connection.run('DELETE FROM staged_persons WHERE area = ?', area)
  }

  #putSlots(person: PersonRecord): [head: number, pictures: number] {
    return [
      this.#heads.put(guarded('head', person.id, packHead(person))),
      this.#pictures.put(guarded('pictures', person.id, packPictures(person))),
    ]
  }

  /** @param from A table of people, and a condition. */
  #removePersons(from: string, ...values: SQLInputValue[]): void {
    for (const row of this.#connection.all(`SELECT head, pictures FROM ${from}`, ...values)) {
      this.#heads.erase(row['head'] as number)
      this.#pictures.erase(row['pictures'] as number)
    }
    this.#remove(`DELETE FROM ${from}`, ...values)
  }

  /** Whether a row uses the same slot as a row that was deleted. */
  #isTaken(column: 'head' | 'pictures', row: Row): boolean {
    const sql = ['persons', 'staged_persons'].map((table) => `SELECT 1 FROM ${table} WHERE ${column} = ?1`)
    return this.#connection.all(sql.join(' UNION '), row[column] as number).length > 0
  }

  #remove(sql: string, ...values: SQLInputValue[]): void {
    if (this.#connection.run(sql, ...values) !== 0) this.#onRemoved()
  }
}
