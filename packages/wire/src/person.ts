import type { Collection, Gender, Person } from '@visavis/core'
import { collectionObjectId } from '@visavis/core/kit'
import * as z from 'zod'
import { collectionSchema, readCollection, toWireCollection, unknownTime, type WireCollection } from './collection.ts'
import { badResponse, envelopeOf, isRecord, unwrap, type Envelope } from './envelope.ts'
import { timeOfObjectId } from './object-id.ts'
import { readThumbnails, thumbnailSchema, toWireThumbnail, type WireThumbnail } from './thumbnail.ts'
import { fromWireDay, fromWireTime } from './timestamp.ts'

/** A person as the endpoints of persons answer with them. */
export interface WirePerson {
  _id: string
  name: string | null
  gender: Gender | null
  date_of_birth: string | null
  nationality: string | null
  notes: string | null
  /** Each by its `_id`, or whole where the request asked to have them populated. */
  collections: (string | WireCollection)[]
  thumbnails: WireThumbnail[]
  status: 'active'
  createdAt: string
  updatedAt: string
}

export const personSchema: z.ZodType<WirePerson> = z.object({
  _id: z.string(),
  name: z.string().nullable(),
  gender: z.enum(['M', 'F']).nullable(),
  date_of_birth: z.string().nullable().meta({ description: 'As YYYY-MM-DD.' }),
  nationality: z.string().nullable(),
  notes: z.string().nullable(),
  collections: z.array(z.union([z.string(), collectionSchema])),
  thumbnails: z.array(thumbnailSchema),
  status: z.literal('active'),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

/** Of `POST /persons`, `GET /persons/{_id}` and `PUT /persons/{_id}`. */
export type PersonAnswer = Envelope<WirePerson>
export const personAnswer: z.ZodType<PersonAnswer> = envelopeOf(personSchema)

/** Of `DELETE /persons/{_id}`. */
export type DeletedPersonAnswer = Envelope<{ _id: string }>
export const deletedPersonAnswer: z.ZodType<DeletedPersonAnswer> = envelopeOf(z.object({ _id: z.string() }))

export interface ToWirePersonOptions {
  /** Whether collections are given whole. @default false */
  populate?: boolean
}

export function toWirePerson(person: Person, { populate = false }: ToWirePersonOptions = {}): WirePerson {
  const { id, name, gender, dateOfBirth, nationality, notes, collections, thumbnails, createdAt, modifiedAt } = person
  return {
    _id: id,
    name,
    gender,
    date_of_birth: dateOfBirth,
    nationality,
    notes,
    collections: collections.map((one) => (populate ? toWireCollection(one) : collectionObjectId(one.id))),
    thumbnails: thumbnails.map(toWireThumbnail),
    status: 'active',
    createdAt,
    updatedAt: modifiedAt,
  }
}

/** Finds the collection that a row names by its `_id` or its `code`. */
export type FindCollection = (id: string) => Collection | undefined

const text = z.string().nullable().catch(null)
const row = z.object({
  _id: text,
  id: text,
  name: text,
  gender: z.enum(['M', 'F']).nullable().catch(null),
  date_of_birth: z.unknown().optional(),
  nationality: text,
  notes: text,
  collections: z.array(z.unknown()).catch([]),
  thumbnails: z.unknown().optional(),
  images: z.unknown().optional(),
  createdAt: z.unknown().optional(),
  create_date: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
  modified_date: z.unknown().optional(),
})

/**
 * A person from any row that services answer with: of a search, of a list, or alone. Only the id is needed. Where times
 * are missing, `createdAt` is that of the id or the beginning of 1970.
 *
 * @returns `null` where it has no id.
 */
export function readPerson(value: unknown, findCollection: FindCollection = () => undefined): Person | null {
  const { data } = row.safeParse(value)
  const id = data?.id || data?._id
  if (!data || !id) return null
  const createdAt = fromWireTime(data.createdAt ?? data.create_date) ?? timeOfObjectId(id) ?? unknownTime
  return {
    id,
    name: data.name,
    gender: data.gender,
    dateOfBirth: fromWireDay(data.date_of_birth),
    nationality: data.nationality,
    notes: data.notes,
    collections: data.collections.flatMap((one) => readMembership(one, findCollection) ?? []),
    thumbnails: readThumbnails(data.thumbnails, data.images),
    createdAt,
    modifiedAt: fromWireTime(data.updatedAt ?? data.modified_date) ?? createdAt,
  }
}

function readMembership(value: unknown, findCollection: FindCollection): Collection | null {
  if (typeof value === 'string') {
    return findCollection(value) ?? readCollection({ _id: value })?.collection ?? null
  }
  const known = readCollection(value)
  if (known === null) return null
  // Rows are given whole, or only named: by an id alone, or by both ids and the name.
  const whole = isRecord(value) && ('createdAt' in value || 'create_date' in value)
  return whole ? known.collection : (findCollection(known.objectId) ?? known.collection)
}

/** @throws VisavisError `bad_response` */
export function fromPersonAnswer(body: unknown, findCollection?: FindCollection): Person {
  const person = readPerson(unwrap(body), findCollection)
  if (person === null) throw badResponse('has no person')
  return person
}
