import type { CalibrationTable } from '@visavis/models'
import type { FaceQuality, SearchMode } from '../face.ts'
import { createScoreScale, type ScoreScale } from './score.ts'

/** What of a probe its scores depend on, besides the similarity. */
export interface ProbeContext {
  readonly mode: SearchMode
  /** How many views its vector is the mean of. */
  readonly probeViews: number
  /** Of each view, in their order. */
  readonly quality: readonly FaceQuality[]
}

interface ScoreContext extends ProbeContext {
  /** How many views the vectors were made of that it is compared with. */
  readonly enrolledViews: number
}

/** Turns similarities of one model into scores. */
export interface Scorer {
  /** 0 to 1; rises with the similarity, in the same context. */
  toScore(similarity: number, context: ScoreContext): number
  /** The least similarity whose score could be at least `score`, however many views the person is enrolled with. */
  leastSimilarity(score: number, probe: ProbeContext): number
}

export function createScorer(calibration: {
  readonly fast: CalibrationTable
  readonly accurate: CalibrationTable
}): Scorer {
  const scales: Record<SearchMode, ScoreScale> = {
    FAST: createScoreScale(calibration.fast),
    ACCURATE: createScoreScale(calibration.accurate),
  }
  return {
    toScore: (similarity, { mode }) => scales[mode].toScore(similarity),
    leastSimilarity: (score, { mode }) => scales[mode].toSimilarity(score),
  }
}
