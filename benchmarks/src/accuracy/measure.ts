import type { ImagePair } from '../dataset.ts'
import type { SuiteResult } from '../suite.ts'
import { allPairs, identification, pairAccuracy, verification } from './metrics.ts'
import { similarity, type TemplateSet } from './template-set.ts'

const falseMatchRates = { '1e-2': 1e-2, '1e-3': 1e-3, '1e-4': 1e-4, '1e-5': 1e-5 } as const
const falsePositiveRates = { '0.01': 0.01, '0.003': 0.003 } as const

/** A rate says nothing where fewer false matches than this are expected at it. */
const leastEvents = 3
/** And a share of pairs told right nothing where there are fewer pairs. */
const leastPairs = 50

export interface PairsOfImages {
  readonly pairs: readonly ImagePair[]
  /** The row of each image, by name. */
  readonly rows: ReadonlyMap<string, number>
}

/** Puts the measures of one set of templates under `prefix`, and the reasons for those it is too small for. */
export function measure(result: SuiteResult, prefix: string, set: TemplateSet, given: PairsOfImages | undefined): void {
  const { metrics, missing } = result
  measurePairs(result, `${prefix}.lfw_accuracy`, set, given)

  const pairs = allPairs(set)
  const { tarAtFmr } = verification(pairs, Object.values(falseMatchRates))
  for (const [name, rate] of Object.entries(falseMatchRates)) {
    const metric = `${prefix}.tar_at_fmr_${name}`
    if (pairs.mated.length === 0) missing[metric] = 'nobody has two pictures'
    else if (pairs.nonMated.total * rate < leastEvents) missing[metric] = tooFew(pairs.nonMated.total, 'comparisons')
    else metrics[metric] = tarAtFmr.get(rate) as number
  }

  const { rank1, tpirAtFpir, matedProbes, nonMatedProbes } = identification(set, Object.values(falsePositiveRates))
  if (matedProbes > 0) metrics[`${prefix}.rank1`] = rank1
  else missing[`${prefix}.rank1`] = 'nobody has two pictures'
  for (const [name, rate] of Object.entries(falsePositiveRates)) {
    const metric = `${prefix}.tpir_at_fpir_${name}`
    if (matedProbes === 0) missing[metric] = 'nobody has two pictures'
    else if (nonMatedProbes * rate < leastEvents) missing[metric] = tooFew(nonMatedProbes, 'probes')
    else metrics[metric] = tpirAtFpir.get(rate) as number
  }
}

function measurePairs(
  { metrics, missing }: SuiteResult,
  metric: string,
  set: TemplateSet,
  given: PairsOfImages | undefined,
): void {
  if (given === undefined) {
    missing[metric] = 'it needs --pairs CSV'
    return
  }
  const judged = given.pairs.flatMap(({ same, a, b, fold }) => {
    const [probe, template] = [given.rows.get(a), given.rows.get(b)]
    return probe === undefined || template === undefined
      ? []
      : [{ same, similarity: similarity(set, probe, template), fold }]
  })
  if (judged.length < leastPairs) missing[metric] = `only ${judged.length} of the pairs are among the pictures measured`
  else metrics[metric] = pairAccuracy(judged)
}

function tooFew(count: number, what: string): string {
  return `${count} ${what} of strangers are too few for this rate`
}
