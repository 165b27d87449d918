import type { CompareOptions, CompareResult, SearchMode } from '@visavis/core'
import * as z from 'zod'
import { scoreBounds } from './bounds.ts'
import { badResponse, envelopeOf, isRecord, unwrap, type Envelope } from './envelope.ts'
import { imagesField, scoreField, searchModeField } from './fields.ts'
import { readLiveness, type Liveness } from './liveness.ts'
import { normalizeScores, readScore, toWireScore } from './score.ts'
import { requestOf } from './request-of.ts'

/** `POST /compare` */
export interface CompareRequest {
  gallery: string[]
  probe: string[]
  compare_min_score: number
  search_mode: SearchMode
}
/** The same as clients send it. */
export interface SentCompareRequest {
  gallery: string[]
  probe: string[]
  compare_min_score?: number | string | undefined
  search_mode?: SearchMode | undefined
}

export const compareRequest: z.ZodType<CompareRequest, SentCompareRequest> = requestOf({
  gallery: imagesField,
  probe: imagesField,
  compare_min_score: scoreField(scoreBounds.compare).default(0.85),
  search_mode: searchModeField.default('ACCURATE'),
})

/** The score stands where the service's documentation has it, and where the service itself does. */
export interface WireComparison {
  score: number
  compare_min_score: number
  result: { score: number; compare_min_score: number; passed: boolean }
}
export type CompareAnswer = Envelope<WireComparison>
export const compareAnswer: z.ZodType<CompareAnswer> = envelopeOf(
  z.object({
    score: z.number(),
    compare_min_score: z.number(),
    result: z.object({ score: z.number(), compare_min_score: z.number(), passed: z.boolean() }),
  }),
)

/**
 * The endpoint takes a narrower range of thresholds than core: the nearest one is sent, since the answer has the score,
 * and `fromCompareAnswer` holds it against the caller's own.
 */
export function toCompareRequest(options: CompareOptions, probe: string[], gallery: string[]): CompareRequest {
  const { least, most } = scoreBounds.compare
  return {
    gallery,
    probe,
    compare_min_score: Math.min(most, Math.max(least, options.minScore)),
    search_mode: options.mode,
  }
}

/** The options of a request; its pictures are decoded apart. */
export function fromCompareRequest(request: CompareRequest): CompareOptions {
  return { minScore: request.compare_min_score, mode: request.search_mode }
}

export function toWireComparison({ score, passed }: CompareResult, minScore: number): WireComparison {
  const rounded = toWireScore(score)
  return {
    score: rounded,
    compare_min_score: minScore,
    result: { score: rounded, compare_min_score: minScore, passed },
  }
}

/** @throws VisavisError `bad_response` */
export function fromCompareAnswer(
  body: unknown,
  { minScore }: { minScore: number },
): CompareResult & { liveness?: Liveness } {
  const data = unwrap(body)
  const score = isRecord(data) ? comparedScore(data) : null
  const normalized = score === null ? null : normalizeScores([score])
  if (!isRecord(data) || normalized === null) throw badResponse('has no score')
  const [value] = normalized.scores as [number]
  const liveness = readLiveness(data)
  return { score: value, passed: value >= minScore, ...(liveness !== null && { liveness }) }
}

function comparedScore(data: Record<string, unknown>): number | null {
  const block = isRecord(data['comparison']) ? data['comparison'] : data
  const result = isRecord(block['result']) ? block['result'] : undefined
  return readScore(result?.['score']) ?? readScore(block['score'])
}
