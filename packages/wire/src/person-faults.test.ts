import { describe, expect, it } from 'vitest'
import { personFaults } from './person-faults.ts'

describe('the faults of a row', () => {
  it('are none where it has an id and what services are known to send', () => {
    for (const row of [
      { _id: 'x' },
      { id: 'x', name: '', gender: null, date_of_birth: '', collections: [], images: [] },
      { _id: 'x', date_of_birth: { year: 1990, month: 5, day: 1 }, updatedAt: 5, createdAt: 'yesterday' },
      { _id: 'x', date_of_birth: '1990-05-01T00:00:00.000Z', thumbnails: [{ id: 7 }, null] },
    ]) {
      expect(personFaults(row)).toEqual([])
    }
  })

  it.each([
    [null, ['_id']],
    [[], ['_id']],
    [{ _id: '' }, ['_id']],
    [{ id: 7, name: 'x' }, ['_id']],
    [{ _id: 'x', name: 7 }, ['name']],
    [{ _id: 'x', name: {}, gender: 1, nationality: [], notes: false }, ['name', 'gender', 'nationality', 'notes']],
    [{ _id: 'x', date_of_birth: '1990-02-30' }, ['date_of_birth']],
    [{ _id: 'x', date_of_birth: 19_900_501 }, ['date_of_birth']],
    [{ _id: 'x', collections: 'all', thumbnails: {}, images: 1 }, ['collections', 'thumbnails', 'images']],
  ])('of %j are %j', (row, fields) => {
    expect(personFaults(row)).toEqual(fields)
  })
})
