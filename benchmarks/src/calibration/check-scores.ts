import { falseMatchRate } from '@visavis/core'
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

/** The false-match rates of strangers, of a set that is judged by scores. */
export function checkScores(strangers: Strangers, scores: readonly number[]): ScoreCheck[] {
  return scores.map((score) => ({
    score,
    nominal: falseMatchRate(score),
    byPerson: strangers.byPerson.rate(score),
    byImage: strangers.byImage.rate(score),
  }))
}
