import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createPersonRequest,
  fromCreatePersonRequest,
  fromListPersonsQuery,
  fromUpdatePersonRequest,
  listPersonsQuery,
  toCreatePersonRequest,
  toListPersonsQuery,
  toUpdatePersonRequest,
  updatePersonRequest,
} from './person-request.ts'
import { readRequest } from './read-request.ts'
import { overTheWire, personDetails } from './testing/arbitrary.ts'

describe('requests about people', () => {
  const texts = ['AQID']
  const images = [Uint8Array.of(1, 2, 3)]

  it('ask on the server for what the client asked for', () => {
    fc.assert(
      fc.property(personDetails, (details) => {
        const created = overTheWire(toCreatePersonRequest({ ...details, images }, texts))
        const request = readRequest(createPersonRequest, created)
        expect(request.images).toEqual(texts)
        expect(fromCreatePersonRequest(request, images)).toEqual({ ...details, images })
        const { id: _, ...changes } = details
        const updated = readRequest(updatePersonRequest, overTheWire(toUpdatePersonRequest(changes)))
        expect(fromUpdatePersonRequest(updated)).toEqual(changes)
      }),
    )
  })

  it('leave out of a change what is not changed, and keep what is taken away', () => {
    expect(toUpdatePersonRequest({})).toEqual({})
    expect(toUpdatePersonRequest({ notes: null, collections: [] })).toEqual({ notes: null, collections: [] })
  })

  it('page as text and as numbers, a hundred at most', () => {
    const query = { page: 3, limit: 20, collectionId: 'c', name: 'ad' }
    const sent = Object.fromEntries(
      Object.entries(toListPersonsQuery(query)).map(([name, value]) => [name, `${value}`]),
    )
    expect(fromListPersonsQuery(readRequest(listPersonsQuery, sent))).toEqual(query)
    expect(fromListPersonsQuery(readRequest(listPersonsQuery, {}))).toEqual({ page: 1, limit: 10 })
    expect(readRequest(listPersonsQuery, { limit: '200' }).limit).toBe(100)
  })
})
