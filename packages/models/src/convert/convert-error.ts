/**
 * Why a model could not be converted; the message says what and where.
 *
 * - `unsupported`: the file uses something that is not supported, or its manifest does not fit it.
 * - `corrupt`: bytes are not those that were converted before.
 * - `unavailable`: a package or file cannot be had.
 */
export class ConvertError extends Error {
  override readonly name = 'ConvertError'
  readonly code: 'unsupported' | 'corrupt' | 'unavailable'

  constructor(message: string, options?: ErrorOptions & { code?: ConvertError['code'] }) {
    super(message, options)
    this.code = options?.code ?? 'unsupported'
  }
}

/** What is not supported, and at which node. */
export function unsupported(what: string, where: string): ConvertError {
  return new ConvertError(`${what} is not supported (at ${where})`)
}
