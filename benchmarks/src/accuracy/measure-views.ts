import type { Calibration } from '@visavis/models'
import { checkedScores, checkScores } from '../calibration/check-scores.ts'
import { compareStrangers } from '../calibration/strangers.ts'
import { isForFitting, type Dataset } from '../dataset.ts'
import type { SuiteResult } from '../suite.ts'
import { isMeasurable } from './measure-scores.ts'
import { fusedSet } from './scored-set.ts'
import { mostViews, viewFusions, viewTrial } from './several-views.ts'
import { selectImages, type TemplateSet } from './template-set.ts'

const rate = 0.01
const trials = [
  { name: 'enrolled1', enrolledViews: 1, probeViews: 1 },
  { name: 'enrolled2', enrolledViews: 2, probeViews: 1 },
  { name: 'enrolled3', enrolledViews: 3, probeViews: 1 },
  { name: 'probe2', enrolledViews: 1, probeViews: 2 },
  { name: 'probe3', enrolledViews: 1, probeViews: 3 },
]

/** What several views of a person, or of a probe, are worth, and whether their scores keep what they promise. */
export function measureViews(
  { metrics, missing }: SuiteResult,
  { images }: Dataset,
  sets: Readonly<Record<'fast' | 'accurate', TemplateSet>>,
  calibration: Calibration,
): void {
  const { persons } = sets.fast
  const names = new Map(images.map(({ person }, i) => [persons[i] as number, person]))
  const isEnrolled = (person: number): boolean => isForFitting(names.get(person) ?? '')
  const others = [...persons.keys()].filter((i) => !isEnrolled(persons[i] as number))
  for (const mode of ['fast', 'accurate'] as const) {
    const searchMode = mode === 'fast' ? 'FAST' : 'ACCURATE'
    for (const { name, ...views } of trials) {
      const metric = `accuracy.${mode}.${name}.tpir_at_fpir_0.01`
      const trial = viewTrial(sets[mode], isEnrolled, views, { calibration, mode: searchMode }, [rate])
      if (trial.matedProbes === 0) missing[metric] = 'nobody has four pictures'
      else if (trial.nonMatedProbes * rate < 3) missing[metric] = 'too few probes of strangers for this rate'
      else metrics[metric] = trial.tpirAtFpir.get(rate) as number
    }
  }
  const held = selectImages(sets.accurate, others)
  for (let enrolled = 1; enrolled <= mostViews; enrolled++) {
    for (let probe = 1; probe <= mostViews; probe++) {
      const fused = fusedSet(held, viewFusions(held, probe, enrolled), calibration, 'ACCURATE')
      const strangers = compareStrangers(fused)
      const prefix = `accuracy.calibration.enrolled${enrolled}.probe${probe}.fmr_at_`
      // Pairs of people: several probes of one pair are hardly several events.
      const pairs = strangers.people * (strangers.people - 1)
      for (const score of checkedScores)
        if (!isMeasurable(pairs, score)) missing[`${prefix}${score}`] = 'too few people with three pictures'
      for (const { score, byPerson } of checkScores(
        strangers,
        checkedScores.filter((one) => isMeasurable(pairs, one)),
      )) {
        metrics[`${prefix}${score}`] = byPerson
      }
    }
  }
}
