/**
 * Characters that do something to a terminal instead of standing there: controls, and those that turn the direction of
 * text or break lines.
 */
const controls = /[\p{Cc}\u{061c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{feff}]/gu

/** Text of unknown origin as one harmless line: what could control a terminal is shown as an escape, `\u{1b}`. */
export function printable(text: string): string {
  return text.replaceAll(controls, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)
}

/** JSON that is harmless on a terminal, too; it reads back as the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(controls, (character) =>
    // JSON's own line breaks and the spaces after them; those inside strings are escaped already.
    character === '\n' ? character : `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}
