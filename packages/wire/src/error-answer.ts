import { VisavisError, type ErrorCode, type QualityReason, type VisavisErrorOptions } from '@visavis/core'
import * as z from 'zod'
import { isRecord } from './envelope.ts'
import { otherMeaning, pictureMeaning, readTokens, reasonTokens, type TokenMeaning } from './error-token.ts'

/** The body of an answer that is an error. */
export interface ErrorBody {
  message: string
  /** As the service has it: often only `ERROR`, in changing case, or none. */
  code?: string | undefined
  error?: string | undefined
  /** What the service's words cannot say; only servers of visavis do. */
  details?: ErrorDetails | undefined
}

interface ErrorDetails {
  /** With a picture's `low_quality`: all that is wrong with it. */
  reasons?: QualityReason[] | undefined
  /** Of several pictures, the one that the error is about, from 1. */
  picture?: number | undefined
}

const reasonsSchema: z.ZodType<QualityReason[]> = z.array(
  z.enum(Object.keys(reasonTokens) as [QualityReason, ...QualityReason[]]),
)

const detailsSchema: z.ZodType<ErrorDetails> = z.object({
  reasons: reasonsSchema.optional(),
  picture: z.int().min(1).max(100).optional(),
})

export const errorBody: z.ZodType<ErrorBody> = z.object({
  message: z.string(),
  code: z.string().optional(),
  error: z.string().optional(),
  details: detailsSchema.optional(),
})

export interface ErrorAnswer {
  status: 400 | 401 | 402 | 403 | 404 | 409 | 412 | 429 | 500 | 502 | 503 | 504
  body: ErrorBody
}

const internal: ErrorAnswer = { status: 500, body: { message: 'internal_error', code: 'ERROR' } }
const unavailable: ErrorAnswer = { status: 503, body: { message: 'service_unavailable', code: 'ERROR' } }

/** The server's answer to each code; every other error is answered as an internal one. */
const answers: Partial<Record<ErrorCode, ErrorAnswer>> = {
  invalid_image: { status: 412, body: { message: 'only_images_in_base64', code: 'ERROR' } },
  no_face: { status: 409, body: { message: 'no_face_detected', code: 'ERROR' } },
  multiple_faces: { status: 409, body: { message: 'multiple_faces_detected', code: 'ERROR' } },
  low_quality: { status: 409, body: { message: 'low_quality', code: 'ERROR' } },
  collection_not_found: { status: 404, body: { message: 'invalid_collection', code: 'ERROR' } },
  collection_exists: { status: 409, body: { message: '409:duplicated_collection', code: 'ERROR' } },
  gallery_full: { status: 409, body: { message: '409:gallery_full', code: 'ERROR' } },
  person_not_found: { status: 404, body: { error: 'Person not found', message: 'PERSON_NOT_FOUND' } },
  person_exists: { status: 412, body: { message: 'person_already_set', code: 'PreconditionFailed' } },
  unauthorized: { status: 401, body: { message: 'Authentication required', code: 'UNAUTHORIZED' } },
  forbidden: { status: 403, body: { message: 'Access forbidden', code: 'Forbidden' } },
  insufficient_credits: { status: 402, body: { message: 'insufficient_credits', code: 'PaymentRequired' } },
  rate_limited: { status: 429, body: { message: 'too_many_requests', code: 'TooManyRequests' } },
  network: { status: 502, body: { message: 'bad_gateway', code: 'ERROR' } },
  bad_response: { status: 502, body: { message: 'bad_gateway', code: 'ERROR' } },
  timeout: { status: 504, body: { message: 'timeout', code: 'Timeout' } },
  matcher_closed: unavailable,
  store_locked: unavailable,
  store_unavailable: unavailable,
  worker_load_failed: unavailable,
  worker_crashed: unavailable,
  worker_closed: unavailable,
  worker_busy: unavailable,
}

/** The answer to a token that was good once. */
export const expiredTokenAnswer: ErrorAnswer = { status: 403, body: { message: 'token_expired', code: 'FORBIDDEN' } }

/** What a server answers to a call that failed: status and body as the service has them, nothing of the inside. */
export function toErrorAnswer(error: VisavisError): ErrorAnswer {
  const { code, message, reasons, picture } = error
  const isBadRequest = code === 'invalid_option' || code === 'bad_request'
  const refusal: ErrorAnswer = { status: 409, body: { message: message.replace(/\.$/, ''), code: 'MissingParameter' } }
  const { status, body } = isBadRequest ? refusal : (answers[code] ?? internal)
  const [reason] = reasons
  const details: ErrorDetails = {
    ...(reasons.length > 0 && { reasons: [...reasons] }),
    ...(picture !== undefined && { picture }),
  }
  return {
    status,
    body: {
      ...body,
      ...(reason !== undefined && { message: reasonTokens[reason] }),
      ...(Object.keys(details).length > 0 && { details }),
    },
  }
}

export interface ReadErrorOptions {
  /** What the call was about, for answers that say "not found" of either. @default 'person' */
  entity?: 'person' | 'collection'
}

/**
 * The error of an answer that is none: by its status first, its message next, its code last. Nothing of the answer's
 * text gets into the message.
 *
 * What goes wrong inside a server is `server` to its clients, and what it cannot be asked is `bad_request`.
 */
export function fromErrorAnswer(
  status: number,
  body: unknown,
  { entity = 'person' }: ReadErrorOptions = {},
): VisavisError {
  const { tokens, status: inner } = readTokens(body)
  const real = status >= 200 && status < 300 && inner !== undefined ? inner : status
  const picture = pictureMeaning(tokens)
  if (picture !== undefined) return errorOf(picture, real, body)
  const code = codeOfStatus(real)
  // A server's word is taken for what a client can do something about; the status says the rest.
  const meaning = code === undefined || code === 'forbidden' ? otherMeaning(tokens, entity) : undefined
  return errorOf(meaning ?? { code: code ?? fallbackCode(real) }, real, body)
}

/** Whether the answer says that the token is of no use any more, so that another may be. */
export function isTokenRefused(status: number, body: unknown): boolean {
  if (status === 401) return true
  return (status === 403 || status === 409) && otherMeaning(readTokens(body).tokens, 'person')?.code === 'unauthorized'
}

/** Whether an answer with a status of success carries an error instead of data. */
export function carriesError(body: unknown): boolean {
  if (!isRecord(body)) return false
  if (body['success'] === false) return true
  const data = body['data']
  if (isRecord(data)) return typeof data['code'] === 'string' && /^ERR_/i.test(data['code'])
  return !('data' in body) && ('error' in body || ('message' in body && 'code' in body))
}

function codeOfStatus(status: number): ErrorCode | undefined {
  if (status === 401 || status === 407) return 'unauthorized'
  if (status === 402) return 'insufficient_credits'
  if (status === 403) return 'forbidden'
  if (status === 408 || status === 504) return 'timeout'
  if (status === 429) return 'rate_limited'
  return status >= 500 && status <= 599 ? 'server' : undefined
}

function fallbackCode(status: number): ErrorCode {
  if (status === 400 || status === 409 || status === 412 || status === 413 || status === 422) return 'bad_request'
  return 'bad_response'
}

function errorOf(meaning: TokenMeaning, status: number, body: unknown): VisavisError {
  const { code } = meaning
  const details = isRecord(body) ? detailsSchema.safeParse(body['details']).data : undefined
  const options: VisavisErrorOptions = {
    ...(code === 'low_quality' && { reasons: details?.reasons ?? meaning.reasons ?? [] }),
    ...(details?.picture !== undefined && { picture: details.picture }),
  }
  return new VisavisError(code, sentence(meaning, status, body), options)
}

const sentences: Partial<Record<ErrorCode, string>> = {
  invalid_image: 'The service cannot read the picture; send another copy of it.',
  no_face: 'The service finds no face in the picture; send one that shows a face.',
  multiple_faces: 'The service finds several faces in the picture; send one that shows one face.',
  collection_not_found: 'The service has no collection with this id; list them with collections.list().',
  collection_exists: 'The service has a collection with this id; update it or choose another id.',
  gallery_full: 'The service keeps no more people; delete some, or let it keep more.',
  person_not_found: 'The service has nobody with this id; list people with persons.list().',
  person_exists: 'The service has this person; update them, or create one that differs in what tells people apart.',
  unauthorized: 'The service does not accept the token; pass a valid one.',
  forbidden: 'The token does not permit this call; use one that does.',
  insufficient_credits: 'The account has no credits left; add some.',
  rate_limited: 'The service was asked too often; ask again later.',
  timeout: 'The service did not get done in time; ask again later.',
}

function sentence({ code, advice }: TokenMeaning, status: number, body: unknown): string {
  if (code === 'low_quality') {
    return `The service cannot use the face in the picture; ${advice ?? 'send a clear one, large, sharp and evenly lit'}.`
  }
  if (code === 'server') return `The service failed with status ${status}; ask again later.`
  if (code === 'bad_request') {
    const refused = refusedField(body)
    return refused === undefined
      ? `The service refused the request with status ${status}; check the options of the call.`
      : `The service refused ${refused} of the request with status ${status}; check the options of the call.`
  }
  return sentences[code] ?? `The service answered with status ${status}, which says nothing; check baseUrl.`
}

/** Fields that requests have. A service's own text may quote what was sent, so nothing else of it is passed on. */
const fieldNames =
  /^(images?|min_score|search_mode|collection_id|max_results|id|name|gender|date_of_birth|nationality|notes|collections?|description|gallery|probe|compare_min_score|liveness_min_score|os|page|limit)$/

function refusedField(body: unknown): string | undefined {
  if (!isRecord(body)) return undefined
  const quoted = typeof body['message'] === 'string' ? /^"(\w{1,30})/.exec(body['message'])?.[1] : undefined
  if (quoted !== undefined) return fieldNames.test(quoted) ? quoted : undefined
  const nested = isRecord(body['data']) ? body['data']['detail'] : body['detail']
  const first: unknown = Array.isArray(nested) ? nested[0] : undefined
  if (!isRecord(first) || !Array.isArray(first['loc'])) return undefined
  const field: unknown = first['loc'].at(-1)
  if (typeof field !== 'string' || !fieldNames.test(field)) return undefined
  const bounds = isRecord(first['ctx']) ? first['ctx'] : {}
  if (typeof bounds['ge'] === 'number') return `${field}, which must be at least ${bounds['ge']},`
  if (typeof bounds['le'] === 'number') return `${field}, which must be at most ${bounds['le']},`
  return field
}
