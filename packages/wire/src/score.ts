/**
 * A score as the wire has it: four decimals, rounded down, so that a search with a candidate's own score finds them
 * again.
 */
export function toWireScore(score: number): number {
  // A score that has four decimals already may lie a hair below them as a binary number.
  return Math.floor(score * 1e4 + 1e-7) / 1e4
}

/** A score or `null` from a number or a numeric string; nothing is checked but that it is finite and not negative. */
export function readScore(value: unknown): number | null {
  const score = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof score === 'number' && Number.isFinite(score) && score >= 0 ? score : null
}

/** Beyond what rounding makes of a one, a score above 1 is a percentage. */
const mostRounded = 1.01

/**
 * Scores of one answer on the scale from 0 to 1. Services were seen to answer in percent; one score above 1 says that
 * all of the answer are.
 *
 * @returns `null` where a score is above 100 percent.
 */
export function normalizeScores(scores: readonly number[]): { scores: number[]; percent: boolean } | null {
  const percent = scores.some((score) => score > mostRounded)
  const divisor = percent ? 100 : 1
  const normalized = scores.map((score) => score / divisor)
  if (normalized.some((score) => score > mostRounded)) return null
  return { scores: normalized.map((score) => Math.min(1, score)), percent }
}
