import { falseMatchRate } from '@visavis/core'
import { checkedScores, checkScores, type ScoreCheck } from '../calibration/check-scores.ts'
import { compareStrangers } from '../calibration/strangers.ts'
import { isForFitting, type Dataset } from '../dataset.ts'
import type { SuiteResult } from '../suite.ts'
import { selectImages, type TemplateSet } from './template-set.ts'

/**
 * Whether scores stand for the false-match rates that they promise, with people on whom they were not fitted, of any
 * dataset; see benchmarks/README.md.
 *
 * @param sets Judged by scores.
 */
export function measureScores(
  { metrics, missing, notes }: SuiteResult,
  { images }: Dataset,
  sets: Readonly<Record<'fast' | 'accurate', TemplateSet>>,
): void {
  const others = images.flatMap(({ person }, i) => (isForFitting(person) ? [] : [i]))
  const checks = new Map<string, ScoreCheck[]>()
  for (const mode of ['fast', 'accurate'] as const) {
    const strangers = compareStrangers(selectImages(sets[mode], others))
    const scores = checkedScores.filter((score) => isMeasurable(strangers.comparisons, score))
    checks.set(mode, checkScores(strangers, scores))
  }
  for (const score of checkedScores) {
    const rates = [...checks].flatMap(([mode, list]) => {
      const check = list.find((one) => one.score === score)
      if (check !== undefined) metrics[`accuracy.calibration.${mode}.fmr_at_${score}`] = check.byPerson
      return check === undefined ? [] : [check]
    })
    const metric = `accuracy.calibration.fmr_at_${score}`
    if (rates.length === 0) {
      missing[metric] = 'too few comparisons of strangers whom the scores were not fitted on'
      continue
    }
    metrics[metric] = Math.max(...rates.map(({ byPerson }) => byPerson))
    const byImage = Math.max(...rates.map((rate) => rate.byImage))
    notes.push(
      `${metric}: every pair of people weighs the same; if every pair of pictures does, ${byImage.toExponential(1)}.`,
    )
  }
}

/** At a score, three false matches or more must be expected. */
export function isMeasurable(comparisons: number, score: number): boolean {
  return comparisons * falseMatchRate(score) >= 3
}
