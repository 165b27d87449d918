import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonBoundError, parseJson } from './bounded-json.ts'

const bounds = { depth: 8, values: 1000 }

describe('parseJson', () => {
  it('reads what JSON.parse reads, where it keeps the bounds', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text, { depth: 1000, values: 100_000 })).toEqual(JSON.parse(text))
      }),
    )
    expect(parseJson('["\\"[[[[[[[[[[\\\\", "{{{{{{{{{{{"]', bounds)).toEqual(['"[[[[[[[[[[\\', '{{{{{{{{{{{'])
  })

  it.each([
    ['lists in lists', '['.repeat(9) + ']'.repeat(9)],
    ['objects in objects', '{"a":'.repeat(9) + '1' + '}'.repeat(9)],
    ['lists that never end', '['.repeat(1_000_000)],
    ['many lists', `[${'[],'.repeat(1000)}[]]`],
    ['many keys', `{${'"":1,'.repeat(501)}"":1}`],
    ['many numbers', `[${'1,'.repeat(1000)}1]`],
    ['commas alone', ','.repeat(2000)],
  ])('refuses %s before anything is made of them', (_, text) => {
    expect(() => parseJson(text, bounds)).toThrow(JsonBoundError)
  })

  it.each(['', '"', '"\\', '[', '{"a"}', '[1,]', 'nul', '\u0000', '"\\"'])(
    'leaves to JSON.parse what is none: %j',
    (text) => {
      expect(() => parseJson(text, bounds)).toThrow(SyntaxError)
    },
  )

  it('takes as long strings as there are, full of marks that mean nothing in them', () => {
    const text = JSON.stringify('[{",\\'.repeat(200_000))
    expect(parseJson(text, bounds)).toBe('[{",\\'.repeat(200_000))
  })
})
