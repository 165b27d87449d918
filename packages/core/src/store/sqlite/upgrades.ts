import type { DatabaseSync } from 'node:sqlite'
import type { Gender } from '../../searcher.ts'
import { unpackParts } from '../packed-parts.ts'
import { guarded, packHead, packPictures, type PersonPart } from './person.ts'
import { SqliteSlots } from './slots.ts'
import type { PersonRecord } from '../store.ts'

/** The people of version 1, which had a column for each of their details, into the slots of version 2. */
export function movePeople(database: DatabaseSync): void {
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
    const slots = [heads.put(packHead(person)), pictures.put(packPictures(person))]
    put.run(id, ...slots, person.createdAt, person.modifiedAt)
  }
  database.exec(`
    INSERT INTO memberships SELECT person_id, collection_id FROM old_memberships;
    DROP TABLE old_memberships;
    DROP TABLE faces;
    DROP TABLE old_persons;
  `)
}

/** From version 3 on a checksum stands before what people are made of. */
export function addChecksums(database: DatabaseSync): void {
  const slots = {
    head: new SqliteSlots(database, 'heads'),
    pictures: new SqliteSlots(database, 'pictures'),
  }
  const renewed = (part: PersonPart, personId: string, slot: number): number => {
    const bytes = slots[part].get(slot)
    const packed = bytes && unpackParts(bytes)
    // Damaged already: without a checksum it is found to be.
    if (bytes === undefined || packed === undefined) return slot
    const content = guarded(part, personId, bytes.slice(0, packed.byteLength))
    slots[part].erase(slot)
    return slots[part].put(content)
  }
  for (const [table, isHere] of [
    ['persons', 'id = ?'],
    ['staged_persons', 'id = ? AND area = ?'],
  ] as const) {
    const move = database.prepare(`UPDATE ${table} SET head = ?, pictures = ? WHERE ${isHere}`)
    for (const row of database.prepare(`SELECT * FROM ${table}`).all() as unknown as PersonRow[]) {
      const { id, area, head, pictures } = row
      const key = area === undefined ? [id] : [id, area]
      move.run(renewed('head', id, head), renewed('pictures', id, pictures), ...key)
    }
  }
}

interface PersonRow {
  readonly id: string
  /** Of a staged person. */
  readonly area?: string
  readonly head: number
  readonly pictures: number
}
