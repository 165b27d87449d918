import type { QualityReason } from './face.ts'

/** Every code a {@link VisavisError} can carry, by family. */
export const errorCodes = {
  InputError: ['invalid_image', 'no_face', 'multiple_faces', 'low_quality', 'invalid_option'],
  /** What the library needs of the runtime, or of what is installed, is not there. */
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

/** The family of an error: what part of the library, or of the call, is at fault. */
export type ErrorFamily = keyof typeof errorCodes
/** A literal that programs dispatch on; messages are for people and may change. */
export type ErrorCode = (typeof errorCodes)[ErrorFamily][number]

export interface VisavisErrorOptions {
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
    this.name = familyOf(code)
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
  const { code, message, ...options } = wire
  return new VisavisError(code, message, options)
}

function familyOf(code: ErrorCode): ErrorFamily {
  for (const family of Object.keys(errorCodes) as ErrorFamily[]) {
    if ((errorCodes[family] as readonly ErrorCode[]).includes(code)) return family
  }
  throw new TypeError(`${String(code)} is not a code of visavis`)
}
