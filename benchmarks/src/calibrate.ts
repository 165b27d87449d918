/** `pnpm calibrate --dataset DIR [--write]`: what similarities mean, measured. See benchmarks/README.md. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { packs } from '@visavis/models'
import { modelOf } from './arguments.ts'
import { readDataset, isForFitting } from './dataset.ts'
import { embed } from './accuracy/embed.ts'
import { selectImages, type TemplateSet } from './accuracy/template-set.ts'
import { visavisSets } from './accuracy/visavis-sets.ts'
import { fitCalibration } from './calibration/fit-calibration.ts'
import { compareStrangers } from './calibration/strangers.ts'
import { calibrationSource, type ModeFit } from './calibration/calibration-source.ts'
import { checkedScores, checkScores } from './calibration/check-scores.ts'

const { values } = parseArgs({
  options: {
    dataset: { type: 'string' },
    model: { type: 'string' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help || values.dataset === undefined) {
  console.log(`pnpm calibrate --dataset DIR [--model NAME] [--write]

Fits what cosine similarities of a model mean on half of the people of a dataset, and checks it on the others.

  --dataset DIR  a folder of people, one folder each, with their pictures in it
  --model NAME   ${Object.keys(packs).join(', ')} (dlib)
  --write        replaces the tables in packages/models/src instead of printing them`)
  process.exit(values.help ? 0 : 2)
}

const model = modelOf(values.model) ?? 'dlib'
const file = `${model === 'dlib' ? 'dlib-resnet' : model.replace('+', '-')}-calibration.ts`
const target = new URL(`../../packages/models/src/${file}`, import.meta.url)
const dataset = await readDataset(values.dataset)
const outcomes = await embed(dataset, { contender: 'visavis', model, operations: ['fast', 'accurate', 'enrolled'] })
const sets = visavisSets(dataset, outcomes)
const fits = { fast: fitHalf(sets.fast), accurate: fitHalf(sets.accurate) }
const source = calibrationSource(dataset.name, model, fits)
if (values.write) {
  await writeFile(target, source)
  console.error(`Wrote packages/models/src/${file}`)
} else {
  process.stdout.write(source)
}

for (const mode of ['fast', 'accurate'] as const) {
  const strangers = compareStrangers(half(sets[mode], false))
  console.error(`\n${mode}, measured on the other ${strangers.people} people, ${strangers.comparisons} comparisons:`)
  console.error('  score   nominal   by person   by image')
  for (const { score, nominal, byPerson, byImage } of checkScores(fits[mode].table, strangers, checkedScores)) {
    console.error(
      `  ${score.toFixed(1)}     ${[nominal, byPerson, byImage].map((rate) => rate.toExponential(1)).join('   ')}`,
    )
  }
}

function fitHalf(set: TemplateSet): ModeFit {
  const strangers = compareStrangers(half(set, true))
  return { ...fitCalibration(strangers), strangers }
}

function half(set: TemplateSet, forFitting: boolean): TemplateSet {
  const chosen = dataset.images.flatMap(({ person }, i) => (isForFitting(person) === forFitting ? [i] : []))
  return selectImages(set, chosen)
}
