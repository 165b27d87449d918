import { packs, type PackName } from '@visavis/models'

/** An argument of the command is wrong; the message is for its user. */
export class MisuseError extends Error {
  override name = 'MisuseError'
}

/** A comma-separated list. */
export function listOf(text: string | undefined, byDefault: readonly string[]): string[] {
  return text === undefined ? [...byDefault] : text.split(',').filter((item) => item !== '')
}

/** A comma-separated list of names out of the known ones. @throws MisuseError */
export function checkNames(text: string | undefined, option: string, known: readonly string[]): void {
  for (const name of listOf(text, [])) {
    if (!known.includes(name)) throw new MisuseError(`${option} knows ${known.join(', ')}, not ${name}`)
  }
}

/** The name of a model. @throws MisuseError */
export function modelOf(text: string | undefined): PackName | undefined {
  if (text !== undefined && !Object.hasOwn(packs, text)) {
    throw new MisuseError(`--model knows ${Object.keys(packs).join(', ')}, not ${text}`)
  }
  return text as PackName | undefined
}

/** A comma-separated list of sizes, pixels. @throws MisuseError */
export function sizesOf(text: string | undefined, byDefault: readonly number[] = []): number[] {
  return wholeNumbersOf(text, byDefault, '--sizes takes numbers of pixels')
}

/** A comma-separated list of numbers of vectors. @throws MisuseError */
export function graphSizesOf(text: string | undefined, byDefault: readonly number[] = []): number[] {
  return wholeNumbersOf(text, byDefault, '--graph-sizes takes numbers of vectors')
}

/** How many people. @throws MisuseError */
export function peopleOf(text: string | undefined, byDefault: number): number {
  const [people = byDefault, ...others] = wholeNumbersOf(text, [byDefault], '--people takes a number of people')
  if (others.length > 0) throw new MisuseError('--people takes one number.')
  return people
}

function wholeNumbersOf(text: string | undefined, byDefault: readonly number[], complaint: string): number[] {
  return listOf(text, byDefault.map(String)).map((item) => {
    const number = Number(item)
    if (!Number.isInteger(number) || number < 1) throw new MisuseError(`${complaint}, not ${item}`)
    return number
  })
}
