/** A file cannot be converted; the message says what in it, and where. */
export class ConvertError extends Error {
  override name = 'ConvertError'
}
