/** What happened; messages are for people and may change. */
export type UsearchErrorCode =
  /** An option or an argument is not what it may be. */
  | 'invalid_argument'
  /** A vector has the wrong length, a value that is no finite number, or no direction. */
  | 'invalid_vector'
  /** A key is in the index already. */
  | 'key_exists'
  /** Memory has run out; the index is as it was before the call. */
  | 'out_of_memory'
  /** Bytes are no saved index, or not a whole one, or were changed. */
  | 'file_corrupt'
  /** A saved index of other dimensions, another metric or scalar. */
  | 'file_mismatch'
  /** The index was changed while it was being saved in chunks, or is being compacted already. */
  | 'busy'
  /** The index was disposed. */
  | 'disposed'
  /** The WebAssembly module failed, and with it this index; make a new one. */
  | 'broken'
  /** The native addon cannot do what the WebAssembly index can. */
  | 'not_supported'
  /** The WebAssembly module or the native addon could not be loaded. */
  | 'load_failed'

const brand: unique symbol = Symbol.for('visavis.usearch-error') as never

/** The one error class of this package. The message never holds a vector or a key. */
export class UsearchError extends Error {
  override readonly name = 'UsearchError'
  readonly code: UsearchErrorCode

  constructor(code: UsearchErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    Object.defineProperty(this, brand, { value: true })
  }
}

/** Whether `value` is an error of this package, also when another copy of it made it; with `code`, whether it is that one. */
export function isUsearchError(value: unknown, code?: UsearchErrorCode): value is UsearchError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false
  return code === undefined || (value as unknown as UsearchError).code === code
}
