import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nameMatcher } from './name-matcher.ts'

describe('nameMatcher', () => {
  it.each([
    ['jose', 'José Ruiz'],
    ['JOSE\u0301', 'Jose\u0301 Ruiz'],
    ['José', 'Jose\u0301 Ruiz'],
    ['Jose\u0301', 'José Ruiz'],
    ['alvarez', 'Ana Álvarez'],
    ['ÁLVAREZ', 'ana alvarez'],
    ['weiss', 'Weiß'],
    ['weiß', 'WEISS'],
    ['WEIẞ', 'Weiß'],
    ['ibrahim', 'İbrahim'],
    ['İBRAHİM', 'ibrahim'],
    ['IŞIK', 'ışık'],
    ['isik', 'Işık'],
    ['ΟΔΥΣΣΕΥΣ', 'Οδυσσεύς'],
    ['οδυσσευς', 'ΟΔΥΣΣΕΎΣ ΛΑΕΡΤΙΆΔΗΣ'],
    ['σ', 'Νίκος'],
    ['ADA', 'Ａｄａ'],
    ['ａｄａ', 'Ada'],
    ['fiona', 'ﬁona'],
    ['soren', 'Søren'],
    ['łukasz', 'Lukasz'],
    ['aegir', 'Ægir'],
    ['nguyen', 'Nguyễn'],
    ['йод', 'ЙОД'],
    ['иод', 'Йод'],
    ['محمد', 'مُحَمَّد'],
    ['שלום', 'שָׁלוֹם'],
    ['カ', 'ガ'],
    ['한', '한국'],
    ['anna lena', 'Anna\u00a0Lena'],
    ['annalena', 'Anna\u00adlena'],
  ])('finds with %s the name %s', (wanted, name) => {
    expect(nameMatcher(wanted)(name)).toBe(true)
  })

  it.each([
    ['jose', 'Josh'],
    ['राम', 'रोम'],
    ['하', '한국'],
    ['ada', 'Bea'],
    ['\u0301', 'José'],
    ['\u200d', 'José'],
  ])('does not find with %s the name %s', (wanted, name) => {
    expect(nameMatcher(wanted)(name)).toBe(false)
  })

  it('finds nobody without a name', () => {
    expect(nameMatcher('n')(null)).toBe(false)
  })

  it('takes letters for the same that collation takes for the same', () => {
    const collator = new Intl.Collator('en', { sensitivity: 'base', usage: 'search' })
    const plain = ['ae', 'oe', ...'abcdefghijklmnopqrstuvwxyz']
    // Latin-1, Latin Extended-A and Additional.
    const blocks = [...range(0xc0, 0x180), ...range(0x1e00, 0x1f00)].map((code) => String.fromCodePoint(code))
    const letters = blocks.filter((letter) => /\p{L}/u.test(letter))
    const pairs = letters.flatMap((letter) =>
      plain.filter((one) => collator.compare(one, letter) === 0).map((one) => [one, letter] as const),
    )
    expect(pairs.length).toBeGreaterThan(300)
    expect(pairs.filter(([one, letter]) => !nameMatcher(one)(letter))).toEqual([])
  })

  it('does not mind case, accents and normalization, whatever the name', () => {
    const name = fc.string({ unit: fc.constantFrom(...'aZÉßİıςΣøæŁ가नि'), minLength: 1 })
    const look = fc.constantFrom(
      (text: string) => text.normalize('NFD'),
      (text: string) => text.normalize('NFC'),
      (text: string) => text.toUpperCase(),
      (text: string) => text.toLowerCase(),
    )
    fc.assert(
      fc.property(name, name, look, look, (before, wanted, one, other) => {
        expect(nameMatcher(one(wanted))(other(`${before} ${wanted}`))).toBe(true)
      }),
    )
  })
})

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}
