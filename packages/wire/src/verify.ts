import type { SearchMode, VerifyOptions, VerifyResult } from '@visavis/core'
import * as z from 'zod'
import { scoreBounds } from './bounds.ts'
import { badResponse, envelopeOf, isRecord, unwrap, type Envelope } from './envelope.ts'
import { idField, imagesField, scoreField, searchModeField } from './fields.ts'
import type { FindCollection } from './person.ts'
import { normalizeScores, readScore, toWireScore } from './score.ts'
import { candidateSchema, readCandidates, toWireCandidate, type WireCandidate } from './search.ts'
import { requestOf } from './request-of.ts'

/** `POST /verify` */
export interface VerifyRequest {
  /** Of the person. */
  id: string
  images: string[]
  min_score: number
  search_mode: SearchMode
  collection_id?: string | undefined
}
/** The same as clients send it. */
export interface SentVerifyRequest extends Omit<VerifyRequest, 'min_score'> {
  min_score: number | string
}

export const verifyRequest: z.ZodType<VerifyRequest, SentVerifyRequest> = requestOf({
  id: idField,
  images: imagesField,
  min_score: scoreField(scoreBounds.verify),
  search_mode: searchModeField,
  collection_id: idField.optional(),
})

export interface WireVerification {
  match: WireCandidate | null
  /** Also where there is no match; only servers of visavis say it. */
  score?: number | undefined
}
export type VerifyAnswer = Envelope<WireVerification>
export const verifyAnswer: z.ZodType<VerifyAnswer> = envelopeOf(
  z.object({ match: candidateSchema.nullable(), score: z.number().min(0).max(1).optional() }),
)

export function toVerifyRequest(personId: string, options: VerifyOptions, images: string[]): VerifyRequest {
  const { minScore, mode, collectionId } = options
  return {
    id: personId,
    images,
    min_score: minScore,
    search_mode: mode,
    ...(collectionId !== undefined && { collection_id: collectionId }),
  }
}

/** The options of a request; its person is `request.id`, and its pictures are decoded apart. */
export function fromVerifyRequest(request: VerifyRequest): VerifyOptions {
  return {
    minScore: request.min_score,
    mode: request.search_mode,
    ...(request.collection_id !== undefined && { collectionId: request.collection_id }),
  }
}

export function toWireVerification({ match, score }: VerifyResult): WireVerification {
  return { match: match === null ? null : toWireCandidate(match), score: toWireScore(score) }
}

/**
 * `match: null`, no match at all, and an empty list all say that it is not this person. Where the service does not say
 * how alike they are, the score is 0.
 *
 * @throws VisavisError `bad_response`, also where the match is another person.
 */
export function fromVerifyAnswer(
  body: unknown,
  { personId, minScore, findCollection }: { personId: string; minScore: number; findCollection?: FindCollection },
): VerifyResult {
  const data = unwrap(body)
  if (!isRecord(data)) {
    if (Array.isArray(data) && data.length === 0) return { match: null, score: 0 }
    throw badResponse('has no verdict')
  }
  const found = Array.isArray(data['match']) ? (data['match'] as unknown[])[0] : data['match']
  const score = readScore(data['score'])
  if (found === null || found === undefined) {
    return { match: null, score: (score === null ? undefined : normalizeScores([score])?.scores[0]) ?? 0 }
  }
  const options = { minScore: 0, maxResults: 1, ...(findCollection && { findCollection }) }
  const [match] = readCandidates([found], options).candidates
  if (match?.id !== personId) throw badResponse('is about another person')
  return { match: match.score >= minScore ? match : null, score: match.score }
}
