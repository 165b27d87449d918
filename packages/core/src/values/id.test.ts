import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { birthDateFault } from './birth-date.ts'
import { heldIdFault, idFault, idReferenceFault } from './id.ts'
import { collectionNameRule, nameFault, normalName, notesRule } from './name.ts'
import { textFault } from './text.ts'

const controls = ['\0', '\u0007', '\u001b', '\u007f', '\u0085', '\u2028', '\u202e']

describe('idFault', () => {
  it.each(['a', 'staff/east wing', 'Ä%2F?#', 'ø '.repeat(50), '😀'.repeat(50), '...', '.a', 'lookups'])(
    'takes %j',
    (id) => {
      expect(idFault(id)).toBeUndefined()
    },
  )

  it.each([
    '',
    ' ',
    '\u00a0\u3000',
    'x'.repeat(101),
    '😀'.repeat(51),
    '\ud800',
    'a\udc00',
    '.',
    '..',
    'lookup',
    'Lookup',
    'search-live-face',
    ...controls.map((control) => `a${control}`),
    7,
    null,
    undefined,
    {},
  ])('refuses %j', (id) => {
    expect(idFault(id)).toMatch(/^must /)
  })

  it('says of no text what it was', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), (id) => {
        fc.pre(!'must be a string of 1 to 100 characters'.includes(id))
        expect(idFault(id) ?? '').not.toContain(id)
      }),
    )
  })
})

it('takes as a reference whatever a store could hold', () => {
  for (const id of ['.', 'lookup', '\ud800', 'x'.repeat(1000), '\0']) expect(idReferenceFault(id)).toBeUndefined()
  for (const id of ['', 7, null, undefined]) expect(idReferenceFault(id)).toMatch(/^must /)
  expect(idReferenceFault('x'.repeat(1001))).toMatch(/^must /)
  expect(heldIdFault('x'.repeat(8e6))).toBeUndefined()
})

describe('names', () => {
  it('are kept composed, and counted so', () => {
    const decomposed = 'é'.normalize('NFD').repeat(100)
    expect(nameFault(decomposed)).toBeUndefined()
    expect(normalName(decomposed)).toBe('é'.repeat(100))
    // Composing can make a text longer: this one becomes three times as many units.
    expect(nameFault('\ufb2c'.repeat(40))).toMatch(/1 to 100/)
  })

  it.each([
    '',
    ' ',
    '\t',
    '\n',
    '\u3000',
    'x'.repeat(101),
    '\udfff',
    ...controls.map((control) => `A${control}B`),
    'x'.repeat(8e6),
  ])('are not %.20j', (name) => {
    expect(nameFault(name)).toMatch(/^must /)
  })

  it('of collections are shorter', () => {
    expect(nameFault('n'.repeat(50), collectionNameRule)).toBeUndefined()
    expect(nameFault('n'.repeat(51), collectionNameRule)).toMatch(/1 to 50/)
  })
})

it('takes lines in notes, and no other control characters', () => {
  expect(textFault('Left door.\r\n\tRing twice.', notesRule)).toBeUndefined()
  expect(textFault('', notesRule)).toBeUndefined()
  for (const control of controls) expect(textFault(`a${control}`, notesRule)).toMatch(/control/)
})

describe('birthDateFault', () => {
  const now = Date.parse('2026-11-28T12:00:00Z')

  it.each(['1800-01-01', '1988-02-29', '2026-11-28'])('takes %s', (day) => {
    expect(birthDateFault(day, now)).toBeUndefined()
  })

  it.each([
    '0000-01-01',
    '0001-01-01',
    '1799-12-31',
    '2990-01-01',
    '2026-11-29',
    '1988-02-30',
    '1988-2-3',
    '1988-02-03T00:00',
    'x',
    '',
    7,
    null,
  ])('refuses %j', (day) => {
    expect(birthDateFault(day, now)).toMatch(/^must be a day/)
  })
})
