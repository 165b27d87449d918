/** What a text must be. Lengths are in UTF-16 units, as `length` counts: what fits also fits where code points are counted. */
export interface TextRule {
  readonly least: number
  readonly most: number
  /** Whether it may have several lines. @default false */
  readonly lines?: boolean
}

const halfPair = /\p{Cs}/u
/** Also what turns the direction of a line around: in a log or a list it would change what stands beside it. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
const controlsBesideLines = /(?![\t\n\r])[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u

/**
 * What is wrong with a value that is to be a text, as the end of a sentence that begins with its name; `undefined` where
 * nothing is. The value itself is no part of it.
 */
export function textFault(value: unknown, { least, most, lines = false }: TextRule): string | undefined {
  if (typeof value !== 'string' || value.length < least || value.length > most) {
    return `must be a string of ${least} to ${most} characters`
  }
  if (halfPair.test(value)) return 'must be well-formed Unicode; it has half of a surrogate pair'
  if ((lines ? controlsBesideLines : controls).test(value)) return 'must not have control characters'
  if (least > 0 && value.trim() === '') return 'must not be white space alone'
  return undefined
}
