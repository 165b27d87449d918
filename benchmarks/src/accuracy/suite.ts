import { packs } from '@visavis/models'
import { sizesOf } from '../arguments.ts'
import { isRefusal, ownPipeline, rivalsOf, type Outcome } from '../contenders/contender.ts'
import { readDataset, readPairs, sample, type Dataset } from '../dataset.ts'
import { groupBy } from '../group-by.ts'
import { emptyResult, type Suite, type SuiteOptions, type SuiteResult, type Targets } from '../suite.ts'
import { templateSet, visavisSets } from './visavis-sets.ts'
import { accuracyCharts, modelCharts } from './charts.ts'
import { embed } from './embed.ts'
import { measure, type PairsOfImages } from './measure.ts'
import { readGroups } from './groups.ts'
import { measureGroups } from './measure-groups.ts'
import { measureScores } from './measure-scores.ts'
import { measureViews } from './measure-views.ts'
import { scoredSet } from './scored-set.ts'
import type { TemplateSet } from './template-set.ts'

const modes = ['fast', 'accurate'] as const
const operations: readonly string[] = [...modes, 'enrolled']
const smallerSizes = [96, 64, 48, 32]
const quickSample = { several: 40, single: 20, most: 2 }
const quickSizes = [64]
/** Refused pictures that are named on standard error. */
const mostNamed = 40

export const accuracy: Suite = {
  name: 'accuracy',
  asks: 'How often are people recognized, and strangers taken for somebody, from small crops?',
  targets: {
    'accuracy.located': { least: 0.999 },
    'accuracy.fast.lfw_accuracy': { least: 0.987 },
    'accuracy.accurate.lfw_accuracy': { least: 0.989 },
    ...at('fast', 0.73, 0.84),
    ...at('accurate', 0.75, 0.86),
  },
  modelTargets: {
    'dlib+faceres': { ...at('accurate', 0.84, 0.92) },
    mobilefacenet: { ...at('fast', 0.92, 0.96), 'accuracy.fast.32px.tpir_at_fpir_0.01': { least: 0.63 } },
    faceplugin: { ...at('fast', 0.95, 0.975), 'accuracy.fast.32px.tpir_at_fpir_0.01': { least: 0.73 } },
    'faceplugin+mobilefacenet': { ...at('fast', 0.96, 0.98), 'accuracy.fast.32px.tpir_at_fpir_0.01': { least: 0.76 } },
  },
  lacks: ({ dataset }) =>
    dataset === undefined ? 'it needs --dataset DIR, a folder of people with pictures' : undefined,
  run,
  charts: accuracyCharts,
  modelCharts,
}

function at(mode: (typeof modes)[number], tpir: number, tar: number): Targets {
  return {
    [`accuracy.${mode}.tpir_at_fpir_0.01`]: { least: tpir },
    [`accuracy.${mode}.tar_at_fmr_1e-4`]: { least: tar },
  }
}

async function run(options: SuiteOptions): Promise<SuiteResult> {
  const result = emptyResult()
  const whole = await readDataset(options.dataset ?? '')
  const dataset = options.quick ? sample(whole, quickSample) : whole
  const { images } = dataset
  result.notes.push(
    `${dataset.name}: ${images.length} pictures of ${dataset.people} people` +
      (options.quick
        ? `, a sample of ${whole.images.length} pictures of ${whole.people} people (--quick); of smaller crops only some sizes.`
        : '.'),
  )
  const given: PairsOfImages | undefined =
    options.pairs === undefined
      ? undefined
      : { pairs: await readPairs(options.pairs), rows: new Map(images.map(({ name }, row) => [name, row])) }

  const { model = 'dlib' } = options
  const full = await embed(dataset, { contender: 'visavis', model, operations })
  noteLocated(result, 'accuracy.located', dataset, eitherRefused(full))
  const { calibration } = packs[model]
  const scored = ({
    fast,
    accurate,
  }: Record<(typeof modes)[number], TemplateSet>): Record<(typeof modes)[number], TemplateSet> => ({
    fast: scoredSet(fast, calibration, 'FAST'),
    accurate: scoredSet(accurate, calibration, 'ACCURATE'),
  })
  const plain = visavisSets(dataset, full)
  const sets = scored(plain)
  for (const mode of modes) measure(result, `accuracy.${mode}`, sets[mode], given)
  measureScores(result, dataset, sets)
  measureViews(result, dataset, plain, calibration)
  if (options.groups !== undefined) {
    const grouped = await readGroups(options.groups)
    const outcomes = await embed(grouped.dataset, { contender: 'visavis', model, operations })
    measureGroups(result, grouped, scored(visavisSets(grouped.dataset, outcomes)))
  }

  for (const size of sizesOf(options.sizes, options.quick ? quickSizes : smallerSizes)) {
    const probes = await embed(dataset, { contender: 'visavis', model, operations: modes, size })
    noteLocated(result, `accuracy.${size}px.located`, dataset, eitherRefused(probes))
    const smaller = scored(visavisSets(dataset, probes, full))
    for (const mode of modes) measure(result, `accuracy.${mode}.${size}px`, smaller[mode], given)
  }

  for (const rival of rivalsOf(options.rivals)) {
    const prefix = `accuracy.rival.${rival}`
    try {
      const own = (await embed(dataset, { contender: rival, operations: [ownPipeline] })).get(ownPipeline) ?? []
      noteLocated(result, `${prefix}.located`, dataset, own)
      measure(result, prefix, templateSet(dataset, own, own, 'euclidean'), given)
    } catch (error) {
      result.missing[prefix] = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
    }
  }
  return result
}

/** The outcomes of one mode, with the refusals of the other. */
function eitherRefused(outcomes: ReadonlyMap<string, readonly Outcome[]>): Outcome[] {
  const [fast = [], accurate = []] = modes.map((mode) => outcomes.get(mode))
  return fast.map((outcome, i) => (isRefusal(outcome) ? outcome : (accurate[i] as Outcome)))
}

function noteLocated(
  { metrics, notes }: SuiteResult,
  metric: string,
  { images }: Dataset,
  outcomes: readonly Outcome[],
): void {
  const refused = outcomes.flatMap((outcome, i) =>
    isRefusal(outcome) ? [{ name: images[i]?.name, reason: outcome.refused }] : [],
  )
  metrics[metric] = 1 - refused.length / outcomes.length
  if (refused.length === 0) return
  const reasons = [...groupBy(refused, ({ reason }) => reason)].map(([reason, { length }]) => `${length} ${reason}`)
  notes.push(`${metric}: ${refused.length} of ${outcomes.length} pictures gave no template (${reasons.join(', ')}).`)
  // Not in the result: it may be published, and these are people's names.
  for (const { name, reason } of refused.slice(0, mostNamed)) console.error(`${metric}: ${name} (${reason})`)
}
