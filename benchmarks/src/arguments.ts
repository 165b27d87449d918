/** Something is wrong with what was asked for, and the message says so to a person. */
export class MisuseError extends Error {
  override name = 'MisuseError'
}

/** A comma-separated list. */
export function listOf(text: string | undefined, byDefault: readonly string[]): string[] {
  return text === undefined ? [...byDefault] : text.split(',').filter((item) => item !== '')
}

/** A comma-separated list of sizes, pixels. @throws MisuseError */
export function sizesOf(text: string | undefined, byDefault: readonly number[] = []): number[] {
  return listOf(text, byDefault.map(String)).map((item) => {
    const size = Number(item)
    if (!Number.isInteger(size) || size < 1) throw new MisuseError(`--sizes takes numbers of pixels, not ${item}`)
    return size
  })
}
