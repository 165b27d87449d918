import type { CalibrationKnot, CalibrationTable } from '@visavis/models'
import type { Strangers } from './strangers.ts'

export interface Fit {
  readonly table: CalibrationTable
  /** The decimal logarithm of the lowest rate that was measured; what lies below is extrapolated. */
  readonly measuredTo: number
}

/** About so many pairs of people must match at the lowest rate that is measured: an error of a seventh. */
const leastEvents = 50
const knotsPerDecade = 2
/** Strangers are taken for so many times as likely as they were measured to be: two halves of the people differ by that. */
const caution = 1.2
const lowestRate = -7

/**
 * A calibration table: half a decade of the false-match rate from knot to knot.
 *
 * Rates are those of pairs of people, not of images: otherwise the few people with hundreds of images, and the people
 * who happen to look like one of them, would decide.
 *
 * Below the rate at which fifty pairs of people match, a straight line through the last measured decade goes on
 * (similarity over the logarithm of the rate). Measured tails fall ever faster than that, so the line errs to the
 * strict side: a score beyond it stands for a rate no higher than it says. It also keeps mislabelled images, which are
 * the whole of the farthest tail, out of the fit.
 */
export function fitCalibration({ byPerson, people }: Strangers): Fit {
  // (a, b) and (b, a) are hardly two events.
  const pairs = (people * (people - 1)) / 2
  const measuredTo = -Math.floor(Math.log10(pairs / leastEvents) * knotsPerDecade) / knotsPerDecade
  if (!(measuredTo <= -2)) {
    throw new Error(`${people} people are too few to fit a calibration; it takes 150 or more.`)
  }
  const measured: CalibrationKnot[] = []
  for (let rate = 0; rate >= measuredTo; rate -= 1 / knotsPerDecade) {
    // A rate of one is reached by the least similarity, which says little; nearly one is robust.
    measured.push([byPerson.threshold(rate === 0 ? 0.999 : 10 ** rate / caution), rate])
  }
  const last = measured.at(-1) as CalibrationKnot
  const decadeBefore = measured.at(-1 - knotsPerDecade) as CalibrationKnot
  const perDecade = last[0] - decadeBefore[0]
  const table = measured.map(([similarity, rate]): CalibrationKnot => [round(similarity), rate])
  for (let rate = measuredTo - 1; rate >= lowestRate; rate--) {
    table.push([round(last[0] + perDecade * (measuredTo - rate)), rate])
  }
  if (table.at(-1)?.[1] !== lowestRate) table.push([round(last[0] + perDecade * (measuredTo - lowestRate)), lowestRate])
  for (const [i, knot] of table.entries()) {
    const before = table[i - 1]
    if (before !== undefined && !(knot[0] > before[0]))
      throw new Error('The measured rates do not fall; use more people.')
  }
  return { table, measuredTo }
}

function round(similarity: number): number {
  return Math.round(similarity * 1e5) / 1e5
}
