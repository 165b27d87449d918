import { falseMatchRate } from '@visavis/core'

/** What a score means: `one stranger in 10,000` looks this much alike, or more. */
export function scoreWords(score: number): string {
  const strangers = 1 / falseMatchRate(score)
  if (strangers < 1.5) return 'any stranger'
  if (score >= 1) return `fewer than one stranger in ${formatCount(strangers)}`
  return `one stranger in ${formatCount(strangers)}`
}

/** Two digits: the rate is not known better. */
function formatCount(count: number): string {
  return Number(count.toPrecision(2)).toLocaleString('en-US')
}

/** A score as it is shown: two decimals, never rounded up over a threshold that it did not reach. */
export function formatScore(score: number): string {
  return (Math.floor(score * 100 + 1e-6) / 100).toFixed(2)
}
