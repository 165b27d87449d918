import type { CalibrationTable } from '@visavis/models'
import { falseMatchRate } from '@visavis/core'
// A score's similarity has no public form.
import { createScoreScale } from '../../../packages/core/src/score/score.ts'
import type { Strangers } from './strangers.ts'

export interface ScoreCheck {
  readonly score: number
  /** The false-match rate the score stands for. */
  readonly nominal: number
  /** Measured, every pair of people counting the same: what the score promises. */
  readonly byPerson: number
  /** Measured, every pair of images counting the same. */
  readonly byImage: number
}

export const checkedScores = [0.5, 0.6, 0.7, 0.8] as const

/** The false-match rates of strangers at scores. */
export function checkScores(table: CalibrationTable, strangers: Strangers, scores: readonly number[]): ScoreCheck[] {
  const scale = createScoreScale(table)
  return scores.map((score) => {
    const similarity = scale.toSimilarity(score)
    return {
      score,
      nominal: falseMatchRate(score),
      byPerson: strangers.byPerson.rate(similarity),
      byImage: strangers.byImage.rate(similarity),
    }
  })
}
