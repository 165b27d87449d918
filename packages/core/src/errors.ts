import type { QualityReason } from './face.ts'

/** The codes that the packages of visavis use, by family. */
export const errorCodes = {
  InputError: ['invalid_image', 'no_face', 'multiple_faces', 'low_quality', 'invalid_option'],
  /** The runtime lacks something that the library needs, or a package is not installed. */
  RuntimeError: ['runtime_unsupported'],
  ModelError: ['model_load_failed', 'model_corrupt', 'model_mismatch', 'dimension_mismatch'],
  GalleryError: [
    'collection_not_found',
    'collection_exists',
    'person_not_found',
    'person_exists',
    'gallery_full',
    'matcher_closed',
  ],
  StoreError: ['store_unavailable', 'store_quota', 'store_locked', 'store_corrupt', 'store_version', 'store_key'],
  WorkerError: ['worker_load_failed', 'worker_crashed', 'worker_closed', 'worker_busy'],
  RemoteError: [
    'network',
    'timeout',
    'unauthorized',
    'forbidden',
    'insufficient_credits',
    'rate_limited',
    'bad_request',
    'bad_response',
    'server',
  ],
} as const

type OwnErrorCodes = { readonly [Family in keyof typeof errorCodes]: (typeof errorCodes)[Family][number] }

/**
 * The codes of each family. An app or a package adds a family of its own, which the types know from then on, and names
 * it where it makes the error:
 *
 * ```ts
 * declare module '@visavis/core' {
 *   interface ErrorCodes {
 *     readonly TurnstileError: 'turnstile_jammed' | 'turnstile_offline'
 *   }
 * }
 * throw new VisavisError('turnstile_jammed', 'The turnstile does not move; free it.', { family: 'TurnstileError' })
 * ```
 */
export interface ErrorCodes extends OwnErrorCodes {}

/** The family of an error: what part of the library, or of the call, is at fault. */
export type ErrorFamily = keyof ErrorCodes
/** A literal that programs dispatch on; messages are for people and may change. */
export type ErrorCode = ErrorCodes[ErrorFamily]

export interface VisavisErrorOptions {
  /** Of a code that is not visavis's own, see {@link ErrorCodes}; its own have theirs. */
  family?: ErrorFamily
  cause?: unknown
  /** With `low_quality`: what is wrong with the picture. */
  reasons?: readonly QualityReason[]
  /** Of several pictures, the one that the error is about, from 1. */
  picture?: number
}

/** An error as it crosses a thread or a wire. */
export interface WireError {
  name: ErrorFamily
  code: ErrorCode
  message: string
  reasons?: readonly QualityReason[]
  picture?: number
}

const brand: unique symbol = Symbol.for('visavis.error') as never

/**
 * The one error class of visavis. `name` is the family, `code` what happened; the message says what was expected and
 * what to do, and never holds an image, a vector, a token or a person's name.
 */
export class VisavisError extends Error {
  override readonly name: ErrorFamily
  readonly code: ErrorCode
  /** With `low_quality`: what is wrong with the picture; otherwise empty. */
  readonly reasons: readonly QualityReason[]
  /** Where several pictures were passed: the one that the error is about, from 1. */
  readonly picture: number | undefined

  constructor(code: ErrorCode, message: string, options: VisavisErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = familyOf(code, options.family)
    this.code = code
    this.reasons = options.reasons ?? []
    this.picture = options.picture
    Object.defineProperty(this, brand, { value: true })
  }
}

/**
 * Whether `value` is an error of visavis, also when another copy of the library or another realm made it.
 * With `code`, whether it is that one.
 */
export function isVisavisError(value: unknown, code?: ErrorCode): value is VisavisError {
  if (typeof value !== 'object' || value === null || !(brand in value)) return false
  return code === undefined || (value as unknown as VisavisError).code === code
}

/** The plain object that carries an error over a thread or a wire. */
export function toWire(error: VisavisError): WireError {
  const wire: WireError = { name: error.name, code: error.code, message: error.message }
  if (error.reasons.length > 0) wire.reasons = [...error.reasons]
  if (error.picture !== undefined) wire.picture = error.picture
  return wire
}

/** The error that {@link toWire} took apart. */
export function fromWire(wire: WireError): VisavisError {
  const { name, code, message, ...options } = wire
  return new VisavisError(code, message, { ...options, family: name })
}

/** @param given Of a code that visavis does not know. */
function familyOf(code: ErrorCode, given: ErrorFamily | undefined): ErrorFamily {
  for (const [family, codes] of Object.entries(errorCodes)) {
    if ((codes as readonly ErrorCode[]).includes(code)) return family as ErrorFamily
  }
  if (given === undefined || given in errorCodes) {
    throw new TypeError(`${String(code)} is not a code of visavis; pass the family that it is of.`)
  }
  return given
}
