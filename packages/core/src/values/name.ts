import { textFault, type TextRule } from './text.ts'

/** Of a person. */
export const nameRule: TextRule = { least: 1, most: 100 }
export const collectionNameRule: TextRule = { least: 1, most: 50 }
export const descriptionRule: TextRule = { least: 0, most: 100, lines: true }
export const nationalityRule: TextRule = { least: 0, most: 100 }
export const notesRule: TextRule = { least: 0, most: 500, lines: true }

/** A name in the form in which it is stored: Unicode's composed form, NFC, independent of the keyboard. */
export function normalName(name: string): string {
  return name.normalize('NFC')
}

/** What is wrong with a name, once it is in its normal form; see `textFault`. */
export function nameFault(value: unknown, rule: TextRule = nameRule): string | undefined {
  // Longer ones are refused as they are: normalizing takes time with their length.
  const isShort = typeof value === 'string' && value.length <= 4 * rule.most
  return textFault(isShort ? normalName(value) : value, rule)
}
