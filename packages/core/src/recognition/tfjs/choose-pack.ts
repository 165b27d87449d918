import {
  packs,
  type CalibrationKnot,
  type CalibrationTable,
  type EmbedderManifest,
  type EmbeddingPlan,
  type ModelPack,
  type PackName,
} from '@visavis/models'
import { VisavisError } from '../../errors.ts'
import { readSource } from './assets.ts'

/**
 * A model: its name, the folder that `visavis models convert` wrote (a path or URL with a slash in it), a manifest of
 * one network, or a pack. Of a list the vectors are joined with equal weights.
 */
export type ModelChoice = ModelOrName | readonly ModelOrName[]

// The second is any text, without hiding the names from editors.
type ModelOrName = PackName | (string & {}) | EmbedderManifest | ModelPack

export interface ChosenPack {
  readonly pack: ModelPack
  /** Where its files are, if the choice says so. */
  readonly folder?: string
}

const oneView: EmbeddingPlan = { mirror: false, rereadLandmarks: false }
const twoViews: EmbeddingPlan = { mirror: true, rereadLandmarks: true }

/**
 * @throws VisavisError `invalid_option` where no model has that name, `model_load_failed` or `model_corrupt` where a
 * folder has no manifest.
 */
export async function choosePack(choice: ModelChoice, signal?: AbortSignal): Promise<ChosenPack> {
  if (!isList(choice)) return choose(choice, signal)
  const chosen = await Promise.all(choice.map((one) => choose(one, signal)))
  const known = Object.values(packs).find(({ id }) => id === chosen.map(({ pack }) => pack.id).join('+'))
  if (known !== undefined) return { pack: known }
  if (chosen.length === 0 || chosen.some(({ folder }) => folder !== undefined)) {
    throw new VisavisError('invalid_option', 'model must be a model or a list of one or more, without folders.')
  }
  return { pack: join(chosen.map(({ pack }) => pack)) }
}

async function choose(choice: ModelOrName, signal: AbortSignal | undefined): Promise<ChosenPack> {
  if (typeof choice === 'object') return { pack: 'networks' in choice ? choice : packOf(choice) }
  if (Object.hasOwn(packs, choice)) return { pack: packs[choice as PackName] }
  if (!choice.includes('/')) {
    throw new VisavisError(
      'invalid_option',
      `There is no model ${choice}; there is ${Object.keys(packs).join(', ')}, and a folder is written with a slash (./${choice}).`,
    )
  }
  const folder = choice.endsWith('/') ? choice : `${choice}/`
  const bytes = await readSource('pack.json', `${folder}pack.json`, signal)
  try {
    return { pack: JSON.parse(new TextDecoder().decode(bytes)) as ModelPack, folder }
  } catch (cause) {
    throw new VisavisError('model_corrupt', `${folder}pack.json is not JSON; convert the model anew.`, { cause })
  }
}

function isList(choice: ModelChoice): choice is readonly ModelOrName[] {
  return Array.isArray(choice)
}

/** A network by itself. */
function packOf(network: EmbedderManifest): ModelPack {
  return {
    id: network.id,
    networks: [{ network, weight: 1 }],
    dimensions: network.dimensions,
    calibration: network.calibration,
    plans: { fast: oneView, accurate: twoViews, enroll: twoViews },
    card: '',
  }
}

/**
 * Several models as one. What its similarities mean was measured of none, but is bounded by what each one's mean: where
 * the mean of n similarities reaches the mean of those that each model's strangers reach at a rate, one of the n has
 * reached its own, and the rate of that is at most n times as high.
 */
function join(parts: readonly ModelPack[]): ModelPack {
  const networks = parts.flatMap(({ networks: own }) => {
    const sum = own.reduce((all, { weight }) => all + weight, 0)
    return own.map(({ network, weight }) => ({ network, weight: weight / sum }))
  })
  const table = (mode: 'fast' | 'accurate'): CalibrationTable =>
    bound(parts.map(({ calibration }) => calibration[mode]))
  return {
    id: parts.map(({ id }) => id).join('+'),
    networks,
    dimensions: parts.reduce((sum, { dimensions }) => sum + dimensions, 0),
    calibration: { fast: table('fast'), accurate: table('accurate') },
    plans: { fast: oneView, accurate: twoViews, enroll: twoViews },
    card: parts.map(({ card }) => card).join(' '),
  }
}

function bound(tables: readonly CalibrationTable[]): CalibrationTable {
  const rates = [...new Set(tables.flatMap((table) => table.map(([, rate]) => rate)))].sort((a, b) => b - a)
  const times = Math.log10(tables.length)
  return rates.map((rate): CalibrationKnot => {
    const similarities = tables.map((table) => similarityAt(table, rate))
    return [similarities.reduce((sum, one) => sum + one, 0) / tables.length, rate + times]
  })
}

function similarityAt(table: CalibrationTable, rate: number): number {
  let i = 1
  while (i < table.length - 1 && rate < (table[i] as CalibrationKnot)[1]) i++
  const [a, b] = [table[i - 1], table[i]] as [CalibrationKnot, CalibrationKnot]
  return a[0] + ((rate - a[1]) / (b[1] - a[1])) * (b[0] - a[0])
}
