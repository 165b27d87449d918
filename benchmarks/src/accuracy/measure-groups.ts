import { compareStrangers } from '../calibration/strangers.ts'
import { isForFitting } from '../dataset.ts'
import type { SuiteResult } from '../suite.ts'
import type { GroupedSet } from './groups.ts'
import { isMeasurable } from './measure-scores.ts'
import { allPairs, verification } from './metrics.ts'
import { selectImages, type TemplateSet } from './template-set.ts'

const heldScores = [0.6, 0.7] as const

/**
 * False-match rates between strangers of one group, of people on whom scores were not fitted, and the share of the
 * group's own pairs that is accepted where one in a thousand of its strangers is; each the worse of both modes.
 *
 * @param sets Judged by scores.
 */
export function measureGroups(
  { metrics, missing }: SuiteResult,
  { name, dataset, groups }: GroupedSet,
  sets: Readonly<Record<'fast' | 'accurate', TemplateSet>>,
): void {
  const rates: number[] = []
  for (const [group, list] of groups) {
    const members = new Set(list)
    const chosen = dataset.images.flatMap((image, i) => (members.has(image) && !isForFitting(image.person) ? [i] : []))
    const prefix = `accuracy.group.${name}.${group}`
    const both = [sets.fast, sets.accurate].map((set) => selectImages(set, chosen))
    const strangers = both.map((set) => compareStrangers(set))
    for (const score of heldScores) {
      const metric = `${prefix}.fmr_at_${score}`
      if (strangers.every(({ comparisons }) => isMeasurable(comparisons, score))) {
        metrics[metric] = Math.max(...strangers.map(({ byPerson }) => byPerson.rate(score)))
        if (score === 0.6) rates.push(metrics[metric])
      } else missing[metric] = 'too few comparisons of strangers of the group'
    }
    const tars = both.map((set) => verification(allPairs(set), [1e-3]).tarAtFmr.get(1e-3) as number)
    metrics[`${prefix}.tar_at_fmr_1e-3`] = Math.min(...tars)
  }
  if (rates.length < 2) missing['accuracy.group.worst_over_best'] = 'fewer than two groups could be measured'
  else metrics['accuracy.group.worst_over_best'] = Math.max(...rates) / Math.min(...rates)
}
