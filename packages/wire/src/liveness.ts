import { badResponse, isRecord, unwrap } from './envelope.ts'
import { normalizeScores, readScore } from './score.ts'

/** Whether a picture was judged to be of a living face before the camera. */
export interface Liveness {
  passed: boolean
  /** 0 to 1. */
  score: number
}

/** What passes where a request does not say. */
export const defaultLivenessScore = 0.6

/**
 * Liveness from any place that services put it: at the top, in `liveness`, or in its `result`.
 *
 * @param minScore What passes: strictly more than it. Without it, the service's word is taken.
 * @returns `null` where there is none.
 */
export function readLiveness(data: Record<string, unknown>, minScore?: number): Liveness | null {
  const block = isRecord(data['liveness']) ? data['liveness'] : undefined
  const places = [block?.['result'], block, data].filter(isRecord)
  // What else a comparison's `result` has is the comparison's.
  const result = isRecord(data['result']) ? data['result']['liveness_score'] : undefined
  const scores = [...places.map((place) => place['liveness_score']), block?.['score'], result]
  const raw = scores.map(readScore).find((one) => one !== null) ?? null
  const score = raw === null ? undefined : normalizeScores([raw])?.scores[0]
  if (score === undefined) return null
  const said = places.map((place) => place['passed']).find((one) => typeof one === 'boolean')
  const bounds = [...places.map((place) => place['min_score']), data['liveness_min_score']]
  const bound = minScore ?? bounds.map(readScore).find((one) => one !== null)
  const high = bound === undefined || bound === null ? said === true : score > bound
  return { passed: high && said !== false, score }
}

/** @throws VisavisError `bad_response` */
export function fromLivenessAnswer(body: unknown, { minScore }: { minScore: number }): Liveness {
  const data = unwrap(body)
  const liveness = isRecord(data) ? readLiveness(data, minScore) : null
  if (liveness === null) throw badResponse('has no liveness score')
  return liveness
}
