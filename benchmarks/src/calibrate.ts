/** `pnpm calibrate --dataset DIR [--groups CSV] [--write]`: what similarities mean, measured. See benchmarks/README.md. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { packs, type Calibration } from '@visavis/models'
import { embed } from './accuracy/embed.ts'
import { readGroups, type GroupedSet } from './accuracy/groups.ts'
import { scoredSet } from './accuracy/scored-set.ts'
import { selectImages, type TemplateSet } from './accuracy/template-set.ts'
import { visavisSets } from './accuracy/visavis-sets.ts'
import { modelOf } from './arguments.ts'
import { calibrationSource } from './calibration/calibration-source.ts'
import { checkedScores, checkScores } from './calibration/check-scores.ts'
import { fitCalibration } from './calibration/fit-calibration.ts'
import { fitLookAlikes } from './calibration/fit-look-alikes.ts'
import { fitViews } from './calibration/fit-views.ts'
import { compareStrangers } from './calibration/strangers.ts'
import { isForFitting, readDataset, type Dataset } from './dataset.ts'

const { values } = parseArgs({
  options: {
    dataset: { type: 'string' },
    groups: { type: 'string' },
    model: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help || values.dataset === undefined) {
  console.log(`pnpm calibrate --dataset DIR [--groups CSV] [--model NAME] [--write]

Fits what cosine similarities of a model mean on half of the people of a dataset, and checks it on the others.

  --dataset DIR  a folder of people, one folder each, with their pictures in it
  --groups CSV   groups of people who are alike, such as of one sex and origin, beside the folder of their pictures
  --model NAME   ${Object.keys(packs).join(', ')} (dlib)
  --write        replaces the tables in packages/models/src instead of printing them`)
  process.exit(values.help ? 0 : 2)
}

const modes = ['fast', 'accurate'] as const
type Sets = Readonly<Record<(typeof modes)[number], TemplateSet>>

const model = modelOf(values.model) ?? 'dlib'
const file = `${model === 'dlib' ? 'dlib-resnet' : model.replace('+', '-')}-calibration.ts`
const target = new URL(`../../packages/models/src/${file}`, import.meta.url)
const dataset = await readDataset(values.dataset)
const sets = await setsOf(dataset)
const fitting = half(dataset, sets, true)
const strangers = { fast: compareStrangers(fitting.fast), accurate: compareStrangers(fitting.accurate) }
const fits = { fast: fitCalibration(strangers.fast), accurate: fitCalibration(strangers.accurate) }
const tables: Calibration = { fast: fits.fast.table, accurate: fits.accurate.table }
const views = fitViews(tables, fitting)
const grouped = values.groups === undefined ? undefined : await readGroups(values.groups)
const groupSets = grouped && (await setsOf(grouped.dataset))
const calibration: Calibration = {
  ...tables,
  views,
  ...(grouped &&
    groupSets && { lookAlikes: fitLookAlikes(tables, fitting.accurate, ofGroups(grouped, groupSets.accurate, true)) }),
}

const source = calibrationSource(model, calibration, {
  dataset: dataset.name,
  people: strangers.fast.people,
  comparisons: strangers.fast.comparisons,
  measuredTo: [fits.fast.measuredTo, fits.accurate.measuredTo],
  groups: grouped && {
    name: grouped.dataset.name,
    people: new Set(grouped.dataset.images.map(({ person }) => person).filter((person) => isForFitting(person))).size,
  },
})
if (values.write) {
  await writeFile(target, source)
  console.error(`Wrote packages/models/src/${file}`)
} else {
  process.stdout.write(source)
}

const checking = half(dataset, sets, false)
for (const mode of modes) {
  report(`${dataset.name}, ${mode}`, checking[mode], mode)
  if (grouped === undefined || groupSets === undefined) continue
  const names = [...grouped.groups.keys()]
  for (const [i, set] of ofGroups(grouped, groupSets[mode], false).entries()) {
    report(`${grouped.name} ${names[i]}, ${mode}`, set, mode)
  }
}

function report(name: string, set: TemplateSet, mode: (typeof modes)[number]): void {
  const judged = scoredSet(set, calibration, mode === 'fast' ? 'FAST' : 'ACCURATE')
  const checked = compareStrangers(judged)
  console.error(`\n${name}: ${checked.people} people who were not fitted on, ${checked.comparisons} comparisons`)
  console.error('  score   nominal   by person   by image')
  for (const { score, nominal, byPerson, byImage } of checkScores(checked, checkedScores)) {
    console.error(
      `  ${score.toFixed(1)}     ${[nominal, byPerson, byImage].map((rate) => rate.toExponential(1)).join('   ')}`,
    )
  }
}

async function setsOf(of: Dataset): Promise<Sets> {
  return visavisSets(of, await embed(of, { contender: 'visavis', model, operations: [...modes, 'enrolled'] }))
}

function half(of: Dataset, { fast, accurate }: Sets, forFitting: boolean): Sets {
  const chosen = of.images.flatMap(({ person }, i) => (isForFitting(person) === forFitting ? [i] : []))
  return { fast: selectImages(fast, chosen), accurate: selectImages(accurate, chosen) }
}

/** The groups' sets, in their order, of the people to fit on or of the others. */
function ofGroups({ dataset: of, groups }: GroupedSet, set: TemplateSet, forFitting: boolean): TemplateSet[] {
  return [...groups.values()].map((list) => {
    const members = new Set(list)
    const chosen = of.images.flatMap((image, i) =>
      members.has(image) && isForFitting(image.person) === forFitting ? [i] : [],
    )
    return selectImages(set, chosen)
  })
}
