import type { CalibrationTable } from '@visavis/models'

/**
 * What a similarity means between one view and one view of people at large, on the scale of scores.
 *
 * A similarity means nothing outside its model and mode; a score is the false-match rate measured at it, on a scale
 * people can use: 0.5 is a rate of 1 in 100, and each further 0.1 is ten times rarer (0.6: 1e-3, 0.7: 1e-4 ...).
 * Below, a tenth for each power of ten goes on to 0.3, where every stranger matches, and from there falls to 0 with
 * the similarity.
 */
export interface ScoreScale {
  /** The score of a cosine similarity, not cut off at 0 and 1; rises with it. */
  toScore(similarity: number): number
  /** The least similarity whose score is at least `score`, -1 to 1. */
  toSimilarity(score: number): number
}

/** The score at which every comparison of strangers matches. */
const scoreOfEverybody = 0.3
/** By how much a score rises where strangers become ten times rarer. */
export const scorePerDecade = 0.1

/** The false-match rate a score stands for, 0..1. */
export function falseMatchRate(score: number): number {
  return Math.min(1, 10 ** ((scoreOfEverybody - score) / scorePerDecade))
}

/** A scale from a model's measurements; between two knots and beyond the last the logarithm of the rate is a line. */
export function createScoreScale(table: CalibrationTable): ScoreScale {
  const knots = table.map(([similarity, log10Fmr]) => ({
    similarity,
    score: scoreOfEverybody - scorePerDecade * log10Fmr,
  }))
  const [first, second] = knots
  if (first === undefined || second === undefined) throw new RangeError('a calibration needs two knots or more')
  const lowest = { similarity: -1, score: 0 }
  const line = first.similarity > lowest.similarity && first.score > lowest.score ? [lowest, ...knots] : knots
  return {
    toScore: (similarity) => interpolate(line, similarity, 'similarity', 'score'),
    toSimilarity: (score) => Math.min(1, Math.max(-1, interpolate(line, score, 'score', 'similarity'))),
  }
}

type Axis = 'similarity' | 'score'
type Knot = Readonly<Record<Axis, number>>

function interpolate(knots: readonly Knot[], value: number, from: Axis, to: Axis): number {
  // The segment that holds the value, or the first or last one, which then goes on.
  let i = 1
  while (i < knots.length - 1 && value > (knots[i] as Knot)[from]) i++
  const a = knots[i - 1] as Knot
  const b = knots[i] as Knot
  return a[to] + ((value - a[from]) / (b[from] - a[from])) * (b[to] - a[to])
}
