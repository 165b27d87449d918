import { groupBy } from '../group-by.ts'
import { compareAll } from './compare-all.ts'
import { Histogram } from './histogram.ts'
import { imagesByPerson, type TemplateSet } from './template-set.ts'

/*
 * The measures of NIST's FRTE and of LFW. An image that gave no vector matches nothing: a mated comparison with it is a
 * miss, a non-mated one is rejected, and neither is left out (ISO/IEC 19795-1 calls these rates generalized).
 */

export interface AllPairs {
  readonly mated: readonly number[]
  readonly nonMated: Histogram
}

export interface VerificationResult {
  readonly mated: number
  readonly nonMated: number
  /** The share of mated comparisons accepted at each false-match rate asked for. */
  readonly tarAtFmr: ReadonlyMap<number, number>
  /** The lowest similarity that is accepted at that rate. */
  readonly thresholdAtFmr: ReadonlyMap<number, number>
}

export interface IdentificationResult {
  readonly gallery: number
  readonly matedProbes: number
  readonly nonMatedProbes: number
  /** The share of mated probes whose best match is the right person. */
  readonly rank1: number
  /** The share of mated probes that find the right person first, above the threshold only that share of strangers passes. */
  readonly tpirAtFpir: ReadonlyMap<number, number>
}

/** Every image as a probe against every other image as a template: all mated pairs, all non-mated pairs. */
export function allPairs(set: TemplateSet): AllPairs {
  const mated: number[] = []
  const nonMated = new Histogram(...range(set))
  const { persons } = set
  compareAll(set, (probe, template, value) => {
    if (persons[probe] === persons[template]) mated.push(value)
    else nonMated.add(value)
  })
  return { mated, nonMated }
}

export function verification({ mated, nonMated }: AllPairs, rates: readonly number[]): VerificationResult {
  const thresholdAtFmr = new Map(rates.map((rate) => [rate, nonMated.threshold(rate)]))
  const tarAtFmr = new Map<number, number>()
  for (const [rate, threshold] of thresholdAtFmr) {
    tarAtFmr.set(rate, mated.filter((value) => value >= threshold).length / mated.length)
  }
  return { mated: mated.length, nonMated: nonMated.total, tarAtFmr, thresholdAtFmr }
}

export interface JudgedPair {
  readonly same: boolean
  readonly similarity: number
  /** @default all pairs are one fold */
  readonly fold?: string | undefined
}

/**
 * The share of pairs told right by a threshold on their similarity: where the pairs have folds, each fold by the best
 * threshold of the others, otherwise by the best there is for all.
 */
export function pairAccuracy(pairs: readonly JudgedPair[]): number {
  const folds = [...groupBy(pairs, ({ fold }) => fold).values()]
  if (folds.length === 1) return bestThreshold(pairs).right / pairs.length
  const right = folds.map((fold) => {
    const { threshold } = bestThreshold(pairs.filter((pair) => pair.fold !== fold[0]?.fold))
    return fold.filter((pair) => pair.same === pair.similarity >= threshold).length
  })
  return right.reduce((sum, count) => sum + count, 0) / pairs.length
}

/** The threshold that tells the most pairs right: half way between two similarities. */
function bestThreshold(pairs: readonly JudgedPair[]): { threshold: number; right: number } {
  const sorted = pairs.filter(({ similarity: value }) => value > Number.NEGATIVE_INFINITY)
  sorted.sort((a, b) => b.similarity - a.similarity)
  let right = pairs.filter((pair) => !pair.same).length
  let best = { threshold: Number.POSITIVE_INFINITY, right }
  for (const [i, pair] of sorted.entries()) {
    right += pair.same ? 1 : -1
    const next = sorted[i + 1]?.similarity ?? pair.similarity
    // A threshold can stand only between two different similarities.
    if (right > best.right && (i + 1 === sorted.length || next !== pair.similarity)) {
      best = { threshold: (pair.similarity + next) / 2, right }
    }
  }
  return best
}

/**
 * Open-set identification: the first image of each person with two or more is enrolled, their other images are the
 * mated probes, the images of all other people the non-mated ones.
 */
export function identification(set: TemplateSet, rates: readonly number[]): IdentificationResult {
  const { persons } = set
  const images = [...imagesByPerson(persons).values()]
  const several = images.filter((list) => list.length > 1)
  const gallery = several.map((list) => list[0] as number)
  const matedProbes = several.flatMap((list) => list.slice(1))
  const nonMatedProbes = images.flatMap((list) => (list.length > 1 ? [] : list))
  const best = new Float64Array(persons.length).fill(Number.NEGATIVE_INFINITY)
  const bestPerson = new Int32Array(persons.length).fill(-1)
  const chosen = { probes: Int32Array.from([...matedProbes, ...nonMatedProbes]), templates: Int32Array.from(gallery) }
  compareAll(
    set,
    (probe, template, value) => {
      if (value <= (best[probe] as number)) return
      best[probe] = value
      bestPerson[probe] = persons[template] as number
    },
    chosen,
  )
  const found = matedProbes.map((probe) => ({
    right: bestPerson[probe] === persons[probe],
    score: best[probe] as number,
  }))
  const strangers = nonMatedProbes.map((probe) => best[probe] as number)
  strangers.sort((a, b) => (a === b ? 0 : b - a))
  const tpirAtFpir = new Map<number, number>()
  for (const rate of rates) {
    // Only that many strangers may pass: the threshold lies above the next one's score.
    const threshold = strangers[Math.floor(rate * strangers.length)] ?? Number.NEGATIVE_INFINITY
    tpirAtFpir.set(rate, found.filter(({ right, score }) => right && score > threshold).length / found.length)
  }
  return {
    gallery: gallery.length,
    matedProbes: found.length,
    nonMatedProbes: strangers.length,
    rank1: found.filter(({ right }) => right).length / found.length,
    tpirAtFpir,
  }
}

/** In which the set's similarities lie. */
function range({ measure, probes, templates, dimensions }: TemplateSet): [least: number, most: number] {
  // A little more than a cosine can be, for what float32 may lose.
  if (measure !== 'euclidean') return [-1.001, 1.001]
  const longest = (rows: Float32Array): number => {
    let most = 0
    for (let i = 0; i < rows.length; i += dimensions) {
      most = Math.max(most, Math.hypot(...rows.subarray(i, i + dimensions)))
    }
    return most
  }
  return [-1.001 * (longest(probes) + longest(templates)), 0]
}
