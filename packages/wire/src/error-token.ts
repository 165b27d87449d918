import type { ErrorCode, QualityReason } from '@visavis/core'
import { isRecord } from './envelope.ts'

/** What a word of the service means in the terms of core. */
export interface TokenMeaning {
  readonly code: ErrorCode
  readonly reasons?: readonly QualityReason[]
  /** What the face must be, where the code alone does not say. */
  readonly advice?: string
}

const tooFar = 'show it larger'
const tooClose = 'show it smaller'
const centered = 'show all of it in the middle'
const uncovered = 'show it uncovered'
const living = 'the service does not take it for a living one'

/** What the service says of a picture, with any status. */
const pictureTokens: Readonly<Record<string, TokenMeaning>> = {
  no_face_detected: { code: 'no_face' },
  no_face: { code: 'no_face' },
  face_not_found: { code: 'no_face' },
  multiple_faces_detected: { code: 'multiple_faces' },
  the_image_has_more_than_one_face: { code: 'multiple_faces' },
  face_occluded: { code: 'low_quality', advice: uncovered },
  face_close_to_border: { code: 'low_quality', reasons: ['cut_off'], advice: centered },
  face_not_centered: { code: 'low_quality', advice: centered },
  face_too_far: { code: 'low_quality', reasons: ['too_small'], advice: tooFar },
  face_too_close: { code: 'low_quality', advice: tooClose },
  face_rotation_too_large: { code: 'low_quality', reasons: ['turned_away'], advice: 'face the camera' },
  poor_lighting: { code: 'low_quality', reasons: ['too_dark'], advice: 'use better light' },
  low_quality: { code: 'low_quality' },
  liveness_failed: { code: 'low_quality', advice: living },
  image_is_invalid_for_checking_liveness: { code: 'low_quality', advice: living },
  only_images_in_base64: { code: 'invalid_image' },
  could_not_compress_image: { code: 'invalid_image' },
  image_is_required: { code: 'invalid_image' },
  insecure_image_url: { code: 'invalid_image' },
}

const otherTokens: Readonly<Record<string, TokenMeaning>> = {
  duplicated_person: { code: 'person_exists' },
  person_already_set: { code: 'person_exists' },
  gallery_full: { code: 'gallery_full' },
  duplicated_collection: { code: 'collection_exists' },
  person_not_found: { code: 'person_not_found' },
  invalid_collection: { code: 'collection_not_found' },
  collection_not_found: { code: 'collection_not_found' },
  collection_not_set: { code: 'collection_not_found' },
  token_expired: { code: 'unauthorized' },
  'invalid_or_expired_token.': { code: 'unauthorized' },
  missing_authorization_header: { code: 'unauthorized' },
  authentication_required: { code: 'unauthorized' },
  err_invalid_api_key: { code: 'unauthorized' },
  err_invalid_token: { code: 'unauthorized' },
  err_restricted_api: { code: 'forbidden' },
  access_forbidden: { code: 'forbidden' },
  err_expired_subscription: { code: 'insufficient_credits' },
  insufficient_credits: { code: 'insufficient_credits' },
  paymentrequired: { code: 'insufficient_credits' },
  toomanyrequests: { code: 'rate_limited' },
  too_many_requests: { code: 'rate_limited' },
  liveness_error: { code: 'server' },
  internal_error: { code: 'server' },
  timeout: { code: 'timeout' },
  missingparameter: { code: 'bad_request' },
  invalid_parameters: { code: 'bad_request' },
  invalid_query_parameters: { code: 'bad_request' },
}

/** The engine's word for "no such person" and "no such collection" alike. */
const entityToken = 'err_entity_not_found'

/** What an error's body says, taken apart. */
export interface ErrorTokens {
  /** Lower case, `_` for spaces, without the status before and the score behind; message first, code last. */
  readonly tokens: readonly string[]
  /** A status that stood before the message, as in `409:duplicated_person`. */
  readonly status: number | undefined
}

export function readTokens(body: unknown): ErrorTokens {
  const nested = isRecord(body) && isRecord(body['data']) ? body['data'] : undefined
  const top = isRecord(body) ? body : { message: body }
  const texts = [top['message'], top['error'], nested?.['message'], nested?.['code'], top['code']]
  let status: number | undefined
  const tokens: string[] = []
  for (const text of texts) {
    const token = readToken(text)
    if (token?.status !== undefined) status ??= token.status
    if (token !== undefined && token.word !== '') tokens.push(token.word.toLowerCase().replace(/\s+/g, '_'))
  }
  return { tokens, status }
}

/** Longer texts are no tokens. */
const longestToken = 200

/** A token, without the status before and the score behind it; `undefined` where the value is none. */
function readToken(value: unknown): { status: number | undefined; word: string; score: string } | undefined {
  if (typeof value !== 'string' || value.length > longestToken) return undefined
  const text = value.trim()
  const before = /^\d{3}:/.exec(text)?.[0]
  const rest = before === undefined ? text : text.slice(before.length).trimStart()
  const mark = rest.lastIndexOf('@')
  const hasScore = mark >= 0 && /^[\d.]*$/.test(rest.slice(mark + 1))
  return {
    status: before === undefined ? undefined : Number.parseInt(before, 10),
    word: hasScore ? rest.slice(0, mark) : rest,
    score: hasScore ? rest.slice(mark + 1) : '',
  }
}

/** The score of `liveness_failed@0.45`; `null` where there is none. */
export function livenessFailure(body: unknown): number | null {
  const token = readToken(isRecord(body) ? body['message'] : undefined)
  if (token?.word !== 'liveness_failed') return null
  const score = Number(token.score)
  return Number.isNaN(score) ? null : Math.min(1, score)
}

/** The first of the tokens that is about a picture. */
export function pictureMeaning(tokens: readonly string[]): TokenMeaning | undefined {
  return firstOf(tokens, pictureTokens)
}

/** @param entity What the call was about. */
export function otherMeaning(tokens: readonly string[], entity: 'person' | 'collection'): TokenMeaning | undefined {
  if (tokens.includes(entityToken)) return { code: `${entity}_not_found` }
  return firstOf(tokens, otherTokens)
}

function firstOf(tokens: readonly string[], table: Readonly<Record<string, TokenMeaning>>): TokenMeaning | undefined {
  const token = tokens.find((one) => Object.hasOwn(table, one))
  return token === undefined ? undefined : table[token]
}

/** The service's word for each thing that speaks against a face. */
export const reasonTokens: Readonly<Record<QualityReason, string>> = {
  too_small: 'face_too_far',
  too_dark: 'poor_lighting',
  too_bright: 'poor_lighting',
  low_contrast: 'poor_lighting',
  blurred: 'low_quality',
  turned_away: 'face_rotation_too_large',
  cut_off: 'face_close_to_border',
  low_resolution: 'low_quality',
  noisy: 'poor_lighting',
  compressed: 'low_quality',
  mouth_covered: 'face_occluded',
  eyes_covered: 'face_occluded',
}
