import type { DBSchema } from 'idb'
import { VisavisError } from '../../errors.ts'
import type { CollectionRecord, FaceRecord, PersonRecord, PersonTemplates } from '../store.ts'

/** The object stores in which a person has a row. */
export const ofPersons = ['persons', 'templates', 'thumbnails'] as const

/** What a person's row has: everything but the faces, which are large and seldom wanted together. */
export type PersonRow = Omit<PersonRecord, 'faces'>

export interface TemplatesRow {
  readonly personId: string
  /** In the order of the person's faces. */
  readonly faces: readonly Omit<FaceRecord, 'thumbnail'>[]
}

export interface ThumbnailsRow {
  readonly personId: string
  /** JPEG, in the order of the person's faces. */
  readonly images: readonly Uint8Array[]
}

/** What a write changed, for readers that keep people in memory. */
export interface ChangeRow {
  /** Of the store after it, from 1; given by the database. */
  readonly revision?: number
  /** The ids of the people who were put or deleted; `undefined` where they are too many to read one by one. */
  readonly persons: readonly string[] | undefined
  readonly deletedCollections: readonly string[]
}

/** The object stores. A person has one row in each of the first three, under their id. */
export interface StoreSchema extends DBSchema {
  persons: { key: string; value: PersonRow; indexes: { members: string } }
  templates: { key: string; value: TemplatesRow }
  thumbnails: { key: string; value: ThumbnailsRow }
  /** Keyed by the order of their creation. */
  collections: { key: number; value: CollectionRecord; indexes: { id: string } }
  states: { key: string; value: string }
  /** Staged people, keyed by area and id. */
  staged: { key: [area: string, id: string]; value: PersonRecord }
  /** What the last writes changed, keyed by their revision. */
  changes: { key: number; value: ChangeRow }
}

/** Copies all arrays: a view on a part of a buffer would be stored with the whole buffer. */
export function toRows({ faces, ...person }: PersonRecord): {
  person: PersonRow
  templates: TemplatesRow
  thumbnails: ThumbnailsRow
} {
  return {
    person: { ...person, collectionIds: [...person.collectionIds] },
    templates: {
      personId: person.id,
      faces: faces.map(({ id, modelId, template }) => ({ id, modelId, template: template.slice() })),
    },
    thumbnails: { personId: person.id, images: faces.map(({ thumbnail }) => thumbnail.slice()) },
  }
}

/** A person in one row. All arrays are copied, as {@link toRows} does. */
export function copyPerson(person: PersonRecord): PersonRecord {
  const faces = person.faces.map((face) => ({
    ...face,
    thumbnail: face.thumbnail.slice(),
    template: face.template.slice(),
  }))
  return { ...person, collectionIds: [...person.collectionIds], faces }
}

/** @throws VisavisError `store_corrupt` where the rows do not belong together or are not what was written. */
export function toPerson(
  person: PersonRow,
  templates: TemplatesRow | undefined,
  thumbnails: ThumbnailsRow | undefined,
): PersonRecord {
  const { faces } = checkedTemplates(templates)
  const images = thumbnails?.images
  if (!Array.isArray(images) || images.length !== faces.length) throw corrupt('thumbnails')
  return {
    ...checkedPerson(person),
    faces: faces.map(({ id, modelId, template }, i): FaceRecord => {
      const thumbnail: unknown = images[i]
      if (!(thumbnail instanceof Uint8Array)) throw corrupt('thumbnails')
      return { id, thumbnail, modelId, template }
    }),
  }
}

/** @throws VisavisError `store_corrupt` as {@link toPerson} does. */
export function toTemplates(person: PersonRow, templates: TemplatesRow | undefined): PersonTemplates {
  const { id, collectionIds } = checkedPerson(person)
  const faces = checkedTemplates(templates).faces.map(({ modelId, template }) => ({ modelId, template }))
  return { personId: id, collectionIds, faces }
}

function checkedPerson(row: PersonRow): PersonRow {
  const { id, name, collectionIds } = row
  if (typeof id !== 'string' || (name !== null && typeof name !== 'string') || !Array.isArray(collectionIds)) {
    throw corrupt('details')
  }
  return row
}

function checkedTemplates(row: TemplatesRow | undefined): TemplatesRow {
  if (!Array.isArray(row?.faces)) throw corrupt('templates')
  for (const { modelId, template } of row.faces as TemplatesRow['faces']) {
    if (typeof modelId !== 'string' || !(template instanceof Float32Array)) throw corrupt('templates')
  }
  return row
}

function corrupt(what: string): VisavisError {
  return new VisavisError(
    'store_corrupt',
    `The store holds a person whose ${what} are missing or damaged; delete its database and enroll people anew.`,
  )
}
