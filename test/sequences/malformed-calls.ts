import type { FaceMatcher } from '@visavis/core'
import { pictureOf } from '../support/color-recognizer.ts'
const search = { minScore: 0.9, mode: 'FAST' } as const

type Call = (matcher: FaceMatcher, value: never) => Promise<unknown>

const person = { name: 'Malformed', images: [pictureOf(1)] }
const crop = pictureOf(1)

/** Calls that have to be refused, whatever of `step.ts`'s nonsense the value is. */
export const malformedCalls: readonly Call[] = [
  (matcher, value) => matcher.persons.create(value),
  (matcher, value) => matcher.persons.create({ ...person, id: value }),
  (matcher, value) => matcher.persons.create({ ...person, name: value }),
  (matcher, value) => matcher.persons.create({ ...person, images: value }),
  (matcher, value) => matcher.persons.create({ ...person, images: [value] }),
  (matcher, value) =>
    matcher.persons.create({ ...person, images: Array.from({ length: 4 }, () => crop) && [value, crop] }),
  (matcher, value) => matcher.persons.create({ ...person, gender: value }),
  (matcher, value) => matcher.persons.create({ ...person, dateOfBirth: value }),
  (matcher, value) => matcher.persons.create({ ...person, collections: [value] }),
  (matcher, value) => matcher.persons.update(value, { name: 'x' }),
  (matcher, value) => matcher.persons.update('a', { name: value }),
  (matcher, value) => matcher.persons.update('a', { dateOfBirth: value }),
  (matcher, value) => matcher.persons.update('a', { images: [value] }),
  (matcher, value) => matcher.persons.update('a', { collections: [value] }),
  // An id that could be one of an earlier version is looked up, and is of none.
  (matcher, value) => matcher.persons.get(typeof value === 'string' ? ('' as never) : value),
  (matcher, value) => matcher.persons.delete(value),
  (matcher, value) => matcher.persons.list({ collectionId: value }),
  (matcher, value) => matcher.persons.list({ page: value === 7 ? -7 : value }),
  (matcher, value) => matcher.persons.list({ limit: value === 7 ? 101 : value }),
  (matcher, value) => matcher.collections.create(value),
  (matcher, value) => matcher.collections.create({ name: 'x', id: value }),
  (matcher, value) => matcher.collections.create({ name: value }),
  (matcher, value) => matcher.collections.update(value, { name: 'x' }),
  (matcher, value) => matcher.collections.update('k1', { name: value }),
  (matcher, value) => matcher.collections.delete(value),
  (matcher, value) => matcher.search(value, search),
  (matcher, value) => matcher.search([crop, value], search),
  (matcher, value) => matcher.search(crop, value),
  (matcher, value) => matcher.search(crop, { ...search, minScore: value }),
  (matcher, value) => matcher.search(crop, { ...search, mode: value }),
  (matcher, value) => matcher.search(crop, { ...search, collectionId: value }),
  (matcher, value) => matcher.search(crop, { ...search, maxResults: value === 7 ? 7.5 : value }),
  (matcher, value) => matcher.verify(value, crop, search),
  (matcher, value) => matcher.verify('a', value, search),
  (matcher, value) => matcher.verify('a', crop, { ...search, minScore: value }),
  (matcher, value) => matcher.compare(value, crop, search),
  (matcher, value) => matcher.compare(crop, value, search),
]
