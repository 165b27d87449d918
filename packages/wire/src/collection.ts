import type { Collection, NewCollection } from '@visavis/core'
import { collectionNameRule, collectionObjectId, descriptionRule, nameFault, textFault } from '@visavis/core/kit'
import * as z from 'zod'
import { badResponse, isRecord, unwrap } from './envelope.ts'
import { timeOfObjectId } from './object-id.ts'
import { fromWireTime } from './timestamp.ts'
import { newIdField, ruledField } from './fields.ts'
import { queryOf, requestOf } from './request-of.ts'

/** A collection as the endpoints of collections answer with it. */
export interface WireCollection {
  /** What paths name it by. */
  _id: string
  /** What searches name it by. */
  code: string
  name: string
  description: string
  /** How many people it has; not every service says. */
  count?: number | undefined
  deleted: boolean
  createdAt: string
  updatedAt: string
}

export const collectionSchema: z.ZodType<WireCollection> = z.object({
  _id: z.string().meta({ description: 'What paths name the collection by.' }),
  code: z.string().meta({ description: 'What searches name the collection by.' }),
  name: z.string(),
  description: z.string(),
  count: z.int().optional(),
  deleted: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})

export interface CollectionAnswer {
  data: WireCollection
}
export const collectionAnswer: z.ZodType<CollectionAnswer> = z.object({ data: collectionSchema })

export interface CollectionListAnswer {
  data: WireCollection[]
}
export const collectionListAnswer: z.ZodType<CollectionListAnswer> = z.object({ data: z.array(collectionSchema) })

const nameField = ruledField(collectionNameRule, (value) => nameFault(value, collectionNameRule))
const descriptionField = ruledField(descriptionRule, (value) => textFault(value, descriptionRule))

/** The query of `GET /collections`. */
export interface ListCollectionsQuery {
  /** Only collections whose name contains this; case and accents are ignored. */
  like_name?: string | undefined
}
export const listCollectionsQuery: z.ZodType<ListCollectionsQuery, Record<string, unknown>> = queryOf({
  like_name: z.string().max(100).optional(),
})

/** `POST /collections` */
export interface CreateCollectionRequest {
  /** An own code instead of a new UUID; only servers of visavis know it. */
  code?: string | undefined
  name: string
  description?: string | undefined
  project?: string | undefined
}
export const createCollectionRequest: z.ZodType<CreateCollectionRequest> = requestOf({
  code: newIdField.optional(),
  name: nameField,
  description: descriptionField.optional(),
  project: z.string().max(100).optional(),
  // A new collection has no people.
  people: z.array(z.unknown()).max(0).optional(),
})

/** `PUT /collections/{_id}` */
export interface UpdateCollectionRequest {
  name?: string | undefined
  description?: string | undefined
  project?: string | undefined
}
export const updateCollectionRequest: z.ZodType<UpdateCollectionRequest> = requestOf({
  name: nameField.optional(),
  description: descriptionField.optional(),
  project: z.string().max(100).optional(),
})

/** A collection that a client knows by both of its names. */
export interface KnownCollection {
  objectId: string
  collection: Collection
}

export function toWireCollection({ id, name, description, count, createdAt, modifiedAt }: Collection): WireCollection {
  return {
    _id: collectionObjectId(id),
    code: id,
    name,
    description,
    ...(count !== null && { count }),
    deleted: false,
    createdAt,
    updatedAt: modifiedAt,
  }
}

export function toCreateCollectionRequest({ id, name, description }: NewCollection): CreateCollectionRequest {
  return { ...(id !== undefined && { code: id }), name, ...(description !== undefined && { description }) }
}

export function fromCreateCollectionRequest({ code, name, description }: CreateCollectionRequest): NewCollection {
  return { ...(code !== undefined && { id: code }), name, ...(description !== undefined && { description }) }
}

const text = z.string().nullable().catch(null)
const row = z.object({
  _id: text,
  id: text,
  code: text,
  name: text,
  description: text,
  count: z.number().int().min(0).nullable().catch(null),
  createdAt: z.unknown().optional(),
  create_date: z.unknown().optional(),
  updatedAt: z.unknown().optional(),
  modified_date: z.unknown().optional(),
})

/**
 * A collection from any shape that services answer with. Where times are missing, `createdAt` is that of the id or the
 * beginning of 1970.
 *
 * @returns `null` where it has no id.
 */
export function readCollection(value: unknown): KnownCollection | null {
  const { data } = row.safeParse(value)
  const id = data?.code || data?.id || data?._id
  if (!data || !id) return null
  const objectId = data._id || data.id || id
  const createdAt = fromWireTime(data.createdAt ?? data.create_date) ?? timeOfObjectId(objectId) ?? unknownTime
  const modifiedAt = fromWireTime(data.updatedAt ?? data.modified_date) ?? createdAt
  const { name, description, count } = data
  return {
    objectId,
    collection: { id, name: name ?? '', description: description ?? '', count, createdAt, modifiedAt },
  }
}

/** The time of what has none. */
export const unknownTime: string = new Date(0).toISOString()

/** @throws VisavisError `bad_response` */
export function fromCollectionAnswer(body: unknown): KnownCollection {
  const known = readCollection(unwrap(body))
  if (known === null) throw badResponse('has no collection')
  return known
}

/**
 * Collections that were deleted, and rows that name none, are left out.
 *
 * @throws VisavisError `bad_response` where it is no list; never because of a single row.
 */
export function fromCollectionListAnswer(body: unknown): KnownCollection[] {
  const data = unwrap(body)
  const rows = isRecord(data) ? data['docs'] : data
  if (!Array.isArray(rows)) throw badResponse('has no list of collections')
  const list: KnownCollection[] = []
  for (const one of rows as unknown[]) {
    if (isRecord(one) && one['deleted'] === true) continue
    const known = readCollection(one)
    if (known !== null) list.push(known)
  }
  return list
}
