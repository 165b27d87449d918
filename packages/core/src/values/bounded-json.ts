/** How much a JSON text may make of itself. A text of many empty lists takes fifty times its own length in memory. */
export interface JsonBounds {
  /** Lists and objects inside of each other. */
  readonly depth: number
  /** Values, keys, lists and objects, all together. */
  readonly values: number
}

/** A JSON text that would make more than is allowed. */
export class JsonBoundError extends Error {
  override readonly name = 'JsonBoundError'
}

/**
 * What a JSON text says, as `JSON.parse`, where it keeps the bounds: they are counted before anything is made of it.
 *
 * @throws JsonBoundError where it does not; SyntaxError where it is no JSON
 */
export function parseJson(text: string, { depth: deepest, values: most }: JsonBounds): unknown {
  let depth = 0
  let values = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        at = endOfString(text, at)
        break
      case openList:
      case openObject:
        depth++
        values++
        break
      case closeList:
      case closeObject:
        depth--
        break
      // Each is followed by a value or a key; the first of a list or an object is counted with it.
      case comma:
      case colon:
        values++
    }
    if (depth > deepest) throw new JsonBoundError(`must not be nested more than ${deepest} deep`)
    if (values > most) throw new JsonBoundError(`must not have more than ${most} values`)
  }
  return JSON.parse(text)
}

const [quote, backslash, comma, colon, openList, closeList, openObject, closeObject] = Array.from('"\\,:[]{}', (one) =>
  one.charCodeAt(0),
)

/** Where the string ends that begins there: at the next quotation mark before which an even number of backslashes stand. */
function endOfString(text: string, start: number): number {
  let end = start
  for (;;) {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return end
  }
}
