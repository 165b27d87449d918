import type { Gender, ListPersonsOptions, NewPerson, PersonChanges } from '@visavis/core'
import { nameFault, nameRule, nationalityRule, notesRule, textFault } from '@visavis/core/kit'
import * as z from 'zod'
import { largestPage } from './bounds.ts'
import { dayField, genderField, idField, imagesField, integerField, newIdField, ruledField } from './fields.ts'
import { queryOf, requestOf } from './request-of.ts'

/** What `POST` and `PUT` have in common. */
interface PersonDetails {
  gender?: Gender | null | undefined
  date_of_birth?: string | null | undefined
  nationality?: string | null | undefined
  notes?: string | null | undefined
  /** Each by its `_id` or `code`. */
  collections?: string[] | undefined
  /** Taken and not kept. */
  email?: string | null | undefined
  /** Taken and not kept. */
  phone?: string | null | undefined
}

/** `POST /persons` */
export interface CreatePersonRequest extends PersonDetails {
  /** An own id instead of a new one; only servers of visavis know it. */
  id?: string | undefined
  name: string
  images: string[]
}

/** `PUT /persons/{_id}`: what is left out stays; `images` and `collections` replace what was there. */
export interface UpdatePersonRequest extends PersonDetails {
  name?: string | undefined
  images?: string[] | undefined
  /** What the person is put into beside what they are in; only servers of visavis know it, and `leave_collections`. */
  join_collections?: string[] | undefined
  /** What the person is taken out of. */
  leave_collections?: string[] | undefined
}

/** The query of `GET /persons`. */
export interface ListPersonsQuery extends PopulatesQuery {
  page: number
  limit: number
  /** By `_id` or `code`. */
  collection?: string | undefined
  status?: string | undefined
  /** Only people whose name contains this, in any case. */
  like_name?: string | undefined
}

/** The query of `GET /persons/lookup`. */
export interface LookupPersonsQuery {
  name: string
  date_of_birth?: string | undefined
  page: number
  limit: number
}

const detailFields = {
  gender: genderField.nullish(),
  date_of_birth: dayField.nullish(),
  nationality: ruledField(nationalityRule, (value) => textFault(value, nationalityRule)).nullish(),
  notes: ruledField(notesRule, (value) => textFault(value, notesRule)).nullish(),
  collections: z.array(idField).max(100).optional(),
  email: z.string().max(200).nullish(),
  phone: z.string().max(50).nullish(),
}

const nameField = ruledField(nameRule, nameFault)

export const createPersonRequest: z.ZodType<CreatePersonRequest> = requestOf({
  id: newIdField.optional(),
  name: nameField,
  images: imagesField,
  ...detailFields,
})

export const updatePersonRequest: z.ZodType<UpdatePersonRequest> = requestOf({
  name: nameField.optional(),
  images: imagesField.optional(),
  ...detailFields,
  join_collections: detailFields.collections,
  leave_collections: detailFields.collections,
})

const paging = {
  page: integerField(1, Number.MAX_SAFE_INTEGER).default(1),
}

const populatesField = z.union([z.string().max(100), z.array(z.string().max(100)).max(10)]).optional()

/** Which of what a person refers to is given whole in the answer. */
export interface PopulatesQuery {
  'populates[]'?: string | string[] | undefined
  populates?: string | string[] | undefined
}

const populatesFields = { 'populates[]': populatesField, populates: populatesField }

/** The query of what answers with a person. */
export const populatesQuery: z.ZodType<PopulatesQuery, Record<string, unknown>> = queryOf(populatesFields)

/** Whether collections are to be given whole. */
export function populatesCollections({ 'populates[]': list = [], populates = [] }: PopulatesQuery): boolean {
  return [list, populates].flat().includes('collections')
}

/** The query of `DELETE /persons/{_id}`. */
export interface DeletePersonQuery extends PopulatesQuery {
  /** By `_id` or `code`: the person only leaves this one. */
  collection?: string | undefined
}
export const deletePersonQuery: z.ZodType<DeletePersonQuery, Record<string, unknown>> = queryOf({
  ...populatesFields,
  collection: idField.optional(),
})

/** Clients of the service ask for an order; there is one, that of ids. */
const orderField = z.string().max(100).optional()

export const listPersonsQuery: z.ZodType<ListPersonsQuery, Record<string, unknown>> = queryOf({
  ...paging,
  ...populatesFields,
  sort: orderField,
  sortBy: orderField,
  sortOrder: orderField,
  order: orderField,
  orderBy: orderField,
  // Clients of the service ask for more than a page holds, and are given a page.
  limit: integerField(1, Number.MAX_SAFE_INTEGER)
    .default(10)
    .transform((limit) => Math.min(limit, largestPage))
    .pipe(z.int()),
  collection: idField.optional(),
  status: z.enum(['active', 'inactive', 'pending']).optional(),
  like_name: z.string().max(100).optional(),
}) as never

export const lookupPersonsQuery: z.ZodType<LookupPersonsQuery, Record<string, unknown>> = queryOf({
  ...populatesFields,
  name: z.string().min(3).max(100),
  date_of_birth: dayField.optional(),
  ...paging,
  limit: integerField(1, largestPage).default(20),
}) as never

/** Pictures are sent as they are encoded for the endpoint, so they come apart. */
export function toCreatePersonRequest(person: NewPerson, images: string[]): CreatePersonRequest {
  const { id, name } = person
  return { ...(id !== undefined && { id }), name, images, ...toDetails(person) }
}

export function toUpdatePersonRequest(changes: PersonChanges, images?: string[]): UpdatePersonRequest {
  const { name, join, leave } = changes
  return {
    ...(name !== undefined && { name }),
    ...(images !== undefined && { images }),
    ...toDetails(changes),
    ...(join !== undefined && { join_collections: [...join] }),
    ...(leave !== undefined && { leave_collections: [...leave] }),
  }
}

/** @param images Those of the request, decoded. */
export function fromCreatePersonRequest(request: CreatePersonRequest, images: Uint8Array[]): NewPerson {
  const { id, name } = request
  return { ...(id !== undefined && { id }), name, images, ...fromDetails(request) }
}

/** @param images Those of the request, decoded. */
export function fromUpdatePersonRequest(request: UpdatePersonRequest, images?: Uint8Array[]): PersonChanges {
  const { name, join_collections: join, leave_collections: leave } = request
  return {
    ...(name !== undefined && { name }),
    ...(images !== undefined && { images }),
    ...fromDetails(request),
    ...(join !== undefined && { join }),
    ...(leave !== undefined && { leave }),
  }
}

export function toListPersonsQuery({ page = 1, limit = 10, collectionId, name }: ListPersonsOptions): ListPersonsQuery {
  return {
    page,
    limit,
    ...(collectionId !== undefined && { collection: collectionId }),
    ...(name !== undefined && { like_name: name }),
  }
}

export function fromListPersonsQuery({
  page,
  limit,
  collection,
  like_name: name,
}: ListPersonsQuery): ListPersonsOptions {
  return { page, limit, ...(collection !== undefined && { collectionId: collection }), ...(name && { name }) }
}

function toDetails({ gender, dateOfBirth, nationality, notes, collections }: PersonChanges): PersonDetails {
  return {
    ...(gender !== undefined && { gender }),
    ...(dateOfBirth !== undefined && { date_of_birth: dateOfBirth }),
    ...(nationality !== undefined && { nationality }),
    ...(notes !== undefined && { notes }),
    ...(collections !== undefined && { collections: [...collections] }),
  }
}

function fromDetails(details: PersonDetails): Omit<PersonChanges, 'name' | 'images'> {
  const { gender, date_of_birth: dateOfBirth, nationality, notes, collections } = details
  return {
    ...(gender !== undefined && { gender }),
    ...(dateOfBirth !== undefined && { dateOfBirth }),
    ...(nationality !== undefined && { nationality }),
    ...(notes !== undefined && { notes }),
    ...(collections !== undefined && { collections }),
  }
}
