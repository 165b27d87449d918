import { VisavisError, type FaceMatcher, type Person } from '@visavis/core'
import {
  createPersonRequest,
  deletePersonQuery,
  deletedPersonAnswer,
  facePath,
  fromCreatePersonRequest,
  fromListPersonsQuery,
  fromUpdatePersonRequest,
  listPersonsQuery,
  lookupPersonsQuery,
  personAnswer,
  personListAnswer,
  personLookupAnswer,
  populatesCollections,
  populatesQuery,
  toPersonListAnswer,
  toEnvelope,
  toWirePerson,
  updatePersonRequest,
  type LookupPersonsQuery,
  type PopulatesQuery,
} from '@visavis/wire'
import { defineEndpoint, type Call, type Endpoint } from '../endpoint.ts'
import { findCollection, findCollections } from '../find-collection.ts'

const path = `${facePath}/persons`

export const personEndpoints: readonly Endpoint[] = [
  defineEndpoint({
    method: 'POST',
    path,
    summary: 'Enrolls a person with one to three pictures, all of them or none.',
    scope: 'write',
    query: populatesQuery,
    body: createPersonRequest,
    answer: personAnswer,
    async run(call) {
      const { body } = call
      const collections = await findCollections(call.matcher, body.collections ?? [])
      const images = await call.images(body.images)
      const person = await call.recognize(({ persons }, signal) =>
        persons.create({ ...fromCreatePersonRequest(body, images), collections }, { signal }),
      )
      return answerWith(call, person)
    },
  }),
  defineEndpoint({
    method: 'GET',
    path,
    summary: 'Lists people, page by page.',
    scope: 'read',
    query: listPersonsQuery,
    answer: personListAnswer,
    async run(call) {
      const { matcher, query, requestId } = call
      const { collectionId, page = 1, limit = 10, ...filter } = fromListPersonsQuery(query)
      const where = collectionId === undefined ? {} : { collectionId: await findCollection(matcher, collectionId) }
      // Every enrolled person is active.
      const found =
        query.status === undefined || query.status === 'active'
          ? await matcher.persons.list({ ...filter, ...where, page, limit })
          : { persons: [], page, limit, total: 0, pages: 0 }
      return toPersonListAnswer(requestId, found, { populate: populatesCollections(query) })
    },
  }),
  defineEndpoint({
    method: 'GET',
    path: `${path}/lookup`,
    summary: 'Finds people by a part of their name, with their thumbnails and collections.',
    scope: 'read',
    query: lookupPersonsQuery,
    answer: personLookupAnswer,
    async run({ matcher, query }) {
      const { persons, total } = await lookUp(matcher, query)
      return { data: persons.map((person) => toWirePerson(person, { populate: true })), total }
    },
  }),
  defineEndpoint({
    method: 'GET',
    path: `${path}/{id}`,
    summary: 'Gives a person.',
    scope: 'read',
    query: populatesQuery,
    answer: personAnswer,
    async run(call) {
      return answerWith(call, await getPerson(call))
    },
  }),
  defineEndpoint({
    method: 'PUT',
    path: `${path}/{id}`,
    summary: 'Changes what is named of a person; images and collections replace those there were.',
    scope: 'write',
    query: populatesQuery,
    body: updatePersonRequest,
    answer: personAnswer,
    async run(call) {
      const { body, id, signal: gone } = call
      const named = async (names: readonly string[] | undefined): Promise<string[] | undefined> => {
        return names && findCollections(call.matcher, names)
      }
      const [collections, join, leave] = await Promise.all(
        [body.collections, body.join_collections, body.leave_collections].map(named),
      )
      const memberships = { ...(collections && { collections }), ...(join && { join }), ...(leave && { leave }) }
      if (body.images === undefined) {
        const changes = { ...fromUpdatePersonRequest(body), ...memberships }
        return answerWith(call, await call.matcher.persons.update(id, changes, { signal: gone }))
      }
      const changes = { ...fromUpdatePersonRequest(body, await call.images(body.images)), ...memberships }
      return answerWith(call, await call.recognize(({ persons }, signal) => persons.update(id, changes, { signal })))
    },
  }),
  defineEndpoint({
    method: 'DELETE',
    path: `${path}/{id}`,
    summary: 'Removes a person with everything of theirs, or with ?collection= only from that collection.',
    scope: 'write',
    query: deletePersonQuery,
    answer: deletedPersonAnswer,
    async run(call) {
      const { id, matcher } = call
      const { collection } = call.query
      if (collection === undefined) {
        await matcher.persons.delete(id)
      } else {
        await matcher.persons.update(id, { leave: [await findCollection(matcher, collection)] })
      }
      return toEnvelope(call.requestId, { _id: id })
    },
  }),
]

function answerWith(call: Call<unknown, PopulatesQuery>, person: Person): object {
  return toEnvelope(call.requestId, toWirePerson(person, { populate: populatesCollections(call.query) }))
}

async function getPerson({ matcher, id }: Pick<Call, 'matcher' | 'id'>): Promise<Person> {
  const person = await matcher.persons.get(id)
  if (person !== null) return person
  throw new VisavisError('person_not_found', 'Nobody with this id is enrolled; list people first.')
}

async function lookUp(
  { persons }: FaceMatcher,
  { name, date_of_birth: day, page, limit }: LookupPersonsQuery,
): Promise<{ persons: Person[]; total: number }> {
  if (day === undefined) return persons.list({ name, page, limit })
  // The gallery does not know people by their day of birth: those of the name are looked through.
  const found: Person[] = []
  for (let at = 1, pages = 1; at <= pages; at++) {
    const some = await persons.list({ name, page: at, limit: 100 })
    found.push(...some.persons.filter(({ dateOfBirth }) => dateOfBirth === day))
    pages = some.pages
  }
  return { persons: found.slice((page - 1) * limit, page * limit), total: found.length }
}
