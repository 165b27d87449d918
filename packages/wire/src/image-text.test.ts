import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bareImageText, fromImageText, isImageUrl, toImageText } from './image-text.ts'

describe('pictures as text', () => {
  it('are the same bytes there and back, with a prefix and broken into lines, too', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 20 }), (bytes, width) => {
        const text = toImageText(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64'))
        const lines = text.replace(new RegExp(`.{${width}}`, 'g'), '$&\r\n')
        for (const form of [
          text,
          text.replace(/=+$/, ''),
          lines,
          `data:image/jpeg;base64,${lines}`,
          ` DATA:,${text}`,
        ]) {
          expect([...fromImageText(form)]).toEqual([...bytes])
        }
      }),
    )
  })

  it('cross files of many megabytes', () => {
    const bytes = Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 7) % 251)
    expect(Buffer.compare(fromImageText(toImageText(bytes)), bytes)).toBe(0)
  })

  it('are refused where they are no base64', () => {
    for (const text of ['a', 'abcde', '@@@@', 'abc_', 'ab-d', '====', 'ab==cd', 'é'.repeat(8)]) {
      expect(() => fromImageText(text)).toThrow(expect.objectContaining({ code: 'invalid_image' }))
    }
  })

  it('lose no more than the prefix and white space', () => {
    expect(bareImageText(' data:image/png;base64,ab cd\n')).toBe('abcd')
    expect(bareImageText('abcd')).toBe('abcd')
  })

  it('are told from addresses', () => {
    expect(isImageUrl(' https://example.com/a.jpg')).toBe(true)
    expect(isImageUrl('HTTP://example.com/a.jpg')).toBe(true)
    expect(isImageUrl('/9j/4AAQ')).toBe(false)
  })
})
