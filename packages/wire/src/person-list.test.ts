import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromPersonListAnswer, personListAnswer, toPersonListAnswer } from './person-list.ts'
import { overTheWire, person } from './testing/arbitrary.ts'

describe('lists of people', () => {
  it('are the same there and back', () => {
    fc.assert(
      fc.property(fc.array(person, { maxLength: 4 }), fc.nat(9), (persons, page) => {
        const sent = { persons, page, limit: 10, total: 42, pages: 5 }
        const body = overTheWire(toPersonListAnswer('AB12C', sent, { populate: true }))
        expect(personListAnswer.parse(body)).toEqual(body)
        expect(fromPersonListAnswer(body)).toEqual(sent)
      }),
      { numRuns: 50 },
    )
  })

  it('say how long they are in any place, as text, or not at all', () => {
    const rows = [{ _id: 'x' }]
    const numbers = { page: 2, limit: 100, total: 101, pages: 2 }
    for (const body of [
      { data: rows, pagination: numbers },
      { data: rows, ...numbers },
      { data: { docs: rows, ...numbers } },
      { data: rows, pagination: { page: '2', limit: '100', total: '101', pages: '2' } },
    ]) {
      expect(fromPersonListAnswer(body)).toEqual({ ...numbers, persons: [expect.objectContaining({ id: 'x' })] })
    }
    expect(Object.keys(fromPersonListAnswer({ data: rows, total: 'many', page: -1 }))).toEqual(['persons'])
    expect(fromPersonListAnswer(rows).persons).toHaveLength(1)
  })

  it('are read without the rows that have no id, and say which rows are not as they should be', () => {
    const rows = [{ _id: 'a' }, {}, { _id: 'b', name: 7 }, null, { _id: 'c' }]
    const page = fromPersonListAnswer({ data: rows, total: 5 })
    expect(page.persons.map(({ id, name }) => [id, name])).toEqual([
      ['a', null],
      ['b', null],
      ['c', null],
    ])
    expect(page.faulty).toEqual([
      { id: null, fields: ['_id'] },
      { id: 'b', fields: ['name'] },
      { id: null, fields: ['_id'] },
    ])
    expect(page.total).toBe(5)
    for (const body of [{ data: 'x' }, { data: { rows } }, 7]) {
      expect(() => fromPersonListAnswer(body)).toThrow('has no list of people')
    }
  })
})
