import type { Collection, Person } from '../searcher.ts'
import type { CollectionRecord, PersonRecord } from '../store/store.ts'
import type { HeldView } from './held.ts'

/** A stored person as callers see them. */
export function describePerson(held: Pick<HeldView, 'people' | 'collections'>, record: PersonRecord): Person {
  const { id, name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt } = record
  return {
    id,
    name,
    gender,
    dateOfBirth,
    nationality,
    notes,
    collections: record.collectionIds.flatMap((collectionId) => {
      const collection = held.collections.get(collectionId)
      return collection === undefined ? [] : [describeCollection(held, collection)]
    }),
    thumbnails: record.faces.map((face) => ({ id: face.id, image: face.thumbnail.slice() })),
    createdAt,
    modifiedAt,
  }
}

export function describeCollection(
  { people }: Pick<HeldView, 'people'>,
  { id, name, description, createdAt, modifiedAt }: CollectionRecord,
): Collection {
  return { id, name, description, count: people.count(id), createdAt, modifiedAt }
}
