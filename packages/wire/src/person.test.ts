import { collectionObjectId } from '@visavis/core/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toEnvelope } from './envelope.ts'
import { fromPersonAnswer, personAnswer, readPerson, toWirePerson } from './person.ts'
import { overTheWire, person } from './testing/arbitrary.ts'

function viewsOf(row: object): unknown {
  return readPerson({ id: 'x', ...row })?.thumbnails
}

describe('people on the wire', () => {
  it('are the same there and back where their collections are given whole', () => {
    fc.assert(
      fc.property(person, (somebody) => {
        const body = overTheWire(toEnvelope('AB12C', toWirePerson(somebody, { populate: true })))
        expect(personAnswer.parse(body)).toEqual(body)
        expect(fromPersonAnswer(body)).toEqual(somebody)
      }),
    )
  })

  it('are the same there and back where the reader knows the collections', () => {
    fc.assert(
      fc.property(person, (somebody) => {
        const body = overTheWire(toEnvelope('AB12C', toWirePerson(somebody)))
        expect(personAnswer.parse(body)).toEqual(body)
        const known = new Map(somebody.collections.map((one) => [collectionObjectId(one.id), one]))
        expect(fromPersonAnswer(body, (id) => known.get(id))).toEqual(somebody)
      }),
    )
  })

  it('need no more than an id', () => {
    expect(readPerson({ id: '65f0000012345678abcdef00' })).toEqual({
      id: '65f0000012345678abcdef00',
      name: null,
      gender: null,
      dateOfBirth: null,
      nationality: null,
      notes: null,
      collections: [],
      thumbnails: [],
      createdAt: '2024-03-12T07:10:56.000Z',
      modifiedAt: '2024-03-12T07:10:56.000Z',
    })
    expect(readPerson({ _id: 'x', name: 7, gender: 'X', collections: 'none', thumbnails: [1], createdAt: 5 })).toEqual({
      ...readPerson({ id: 'x' }),
    })
    for (const row of [null, {}, { id: 7 }, { _id: '' }, [], 'x']) expect(readPerson(row)).toBeNull()
  })

  it('are called by the id of a search, which is that of the engine', () => {
    expect(readPerson({ id: 'one', _id: 'two' })?.id).toBe('one')
  })

  it('have their views in either place, and no addresses among them', () => {
    const image = Uint8Array.of(1, 2, 3)
    expect(viewsOf({ thumbnails: [{ id: 'a', thumbnail: 'AQID' }], images: ['BAUG'] })).toEqual([{ id: 'a', image }])
    expect(
      viewsOf({ thumbnails: [{ id: 'a' }], images: ['data:image/png;base64,AQID', 'https://x.test/1.jpg', 'no!'] }),
    ).toEqual([{ id: '1', image }])
  })
})
