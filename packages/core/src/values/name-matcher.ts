/** Accents and other marks that make no other letter of the one they are on. Those of Indic scripts, as vowels, do. */
const marks = /(?=\p{Mn})[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Cyrillic}]|\p{Default_Ignorable_Code_Point}/gu

/**
 * Letters with a stroke, and two written as one, which Unicode's collation takes for their plain letters (DUCET, primary
 * weights) though no decomposition does.
 */
const plainLetters: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  // How lower case ends a word in Greek.
  ς: 'σ',
}
const withPlainLetter = /[æœøłđðħς]/g

/**
 * Whether a name contains a text; the case, the accents and the width of either are ignored: `alvarez` finds Álvarez,
 * `weiss` Weiß, `ibrahim` İbrahim. Every store uses it, so all find the same names.
 */
export function nameMatcher(wanted: string): (name: string | null) => boolean {
  const folded = fold(wanted)
  // What is left of accents alone would be in every name.
  return (name) => name !== null && folded !== '' && fold(name).includes(folded)
}

/** Compatibility caseless matching as in the Unicode Standard, 3.13, D146, and without marks. */
function fold(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  const bare = withoutMarks(text)
  // Twice, for what either of the two leaves to the other: ẞ, ı.
  const caseless = withoutMarks(bare.toLowerCase().toUpperCase().toLowerCase())
  return caseless.replace(withPlainLetter, (letter) => plainLetters[letter] ?? letter).normalize('NFC')
}

function withoutMarks(text: string): string {
  return text.normalize('NFKD').replace(marks, '')
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
