import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { printable, printableJson } from './printable.ts'

const controls = /[\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]/u

describe('printable', () => {
  it('shows what would control a terminal, and leaves letters of all languages alone', () => {
    expect(printable('Ana\u{1b}[31m\nDíaz \u{202e}李')).toBe('Ana\\u{1b}[31m\\u{a}Díaz \\u{202e}李')
  })

  it('leaves no control character in any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !controls.test(printable(text))))
  })
})

describe('printableJson', () => {
  it('reads back as the same value, and controls nothing but lines', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (value) => {
        const json = printableJson({ value })
        expect(JSON.parse(json)).toEqual({ value })
        expect(json.replaceAll('\n', '')).not.toMatch(controls)
      }),
    )
  })
})
