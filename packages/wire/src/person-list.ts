import type { Person, PersonPage } from '@visavis/core'
import * as z from 'zod'
import { badResponse, envelopeOf, isRecord, toEnvelope, type Envelope, type ToEnvelopeOptions } from './envelope.ts'
import { personFaults, type FaultyRow } from './person-faults.ts'
import {
  personSchema,
  readPerson,
  toWirePerson,
  type FindCollection,
  type ToWirePersonOptions,
  type WirePerson,
} from './person.ts'

interface Pagination {
  page: number
  limit: number
  total: number
  pages: number
}

/** Of `GET /persons`. */
export interface PersonListAnswer extends Envelope<WirePerson[]> {
  pagination: Pagination
}

export const personListAnswer: z.ZodType<PersonListAnswer> = (
  envelopeOf(z.array(personSchema)) as unknown as z.ZodObject
).extend({
  pagination: z.object({ page: z.int(), limit: z.int(), total: z.int(), pages: z.int() }),
}) as never

/** Of `GET /persons/lookup`. */
export interface PersonLookupAnswer {
  data: WirePerson[]
  total: number
}

export const personLookupAnswer: z.ZodType<PersonLookupAnswer> = z.object({
  data: z.array(personSchema),
  total: z.int(),
})

export function toPersonListAnswer(
  id: string,
  { persons, page, limit, total, pages }: PersonPage,
  options: ToEnvelopeOptions & ToWirePersonOptions = {},
): PersonListAnswer {
  const rows = persons.map((person) => toWirePerson(person, options))
  return {
    ...toEnvelope(id, rows, options),
    pagination: { page, limit, total, pages },
  }
}

/** What a service says about a page; what it does not say is `undefined`. */
export interface WirePage {
  /** In the order of their rows; those without an id are left out. */
  persons: Person[]
  /** The rows that are not what the contract says; left out where all are. */
  faulty?: FaultyRow[]
  page?: number
  limit?: number
  total?: number
  pages?: number
}

/**
 * A page of people from any envelope: `pagination` beside the rows, the same names at the top, or around them as
 * `docs`.
 *
 * @throws VisavisError `bad_response` where it is no list; never because of a single row.
 */
export function fromPersonListAnswer(body: unknown, findCollection?: FindCollection): WirePage {
  const data = isRecord(body) && 'data' in body ? body['data'] : body
  const wrapper = isRecord(data) ? data : undefined
  const rows = wrapper === undefined ? data : (wrapper['docs'] ?? wrapper['persons'])
  if (!Array.isArray(rows)) throw badResponse('has no list of people')
  const persons = (rows as unknown[]).flatMap((one) => readPerson(one, findCollection) ?? [])
  const faulty = (rows as unknown[]).flatMap((one): FaultyRow[] => {
    const fields = personFaults(one)
    return fields.length === 0 ? [] : [{ id: readPerson(one)?.id ?? null, fields }]
  })
  const top = isRecord(body) ? body : {}
  const places = [top['pagination'], top, wrapper?.['pagination'], wrapper].filter(isRecord)
  const page: WirePage = { persons, ...(faulty.length > 0 && { faulty }) }
  for (const name of ['page', 'limit', 'total', 'pages'] as const) {
    const value = places.map((place) => place[name]).find((one) => typeof one === 'number' || typeof one === 'string')
    const number = value === '' ? Number.NaN : Number(value)
    if (Number.isSafeInteger(number) && number >= 0) page[name] = number
  }
  return page
}
