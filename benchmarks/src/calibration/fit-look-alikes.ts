import { falseMatchRate } from '@visavis/core'
import type { Calibration, LookAlikes } from '@visavis/models'
import { LookAlikeRegions } from '../../../packages/core/src/score/look-alike-regions.ts'
import { scoredSet } from '../accuracy/scored-set.ts'
import { imagesByPerson, selectImages, type TemplateSet } from '../accuracy/template-set.ts'
import { quantile } from '../statistics.ts'
import { compareStrangers } from './strangers.ts'

/** So many people's templates are in each mean that becomes part of a center. */
const peopleInMean = 3
const mostCenters = 16
const nearest = 3
/** So many of the people at large are no nearer to the centers than where strangers begin to be likelier. */
const shareAtLarge = 0.9
/** At these scores a group's rate is compared with the promised one, with people of whom the centers were not made. */
const heldScores = [0.6, 0.7]
/** The least slope is taken at which no group's rate is more times the promise than this. */
const mostOverPromise = 1.5
const slopes = Array.from({ length: 30 }, (_, i) => 0.1 * 1.13 ** i)
/** A template's strangers are never taken for more than sixteen times as likely. */
const most = 1.2

/**
 * Regions around people of groups who are more alike to each other than people at large.
 *
 * The centers are found from averages over several people. How much is subtracted near them is found crosswise: with
 * centers made of one half of a group's people, and rates measured on the other half.
 *
 * @param atLarge Templates of people at large, the same ones on which `calibration`'s tables were fitted.
 * @param groups Each of strangers who are alike, such as of one sex and origin.
 */
export function fitLookAlikes(
  calibration: Calibration,
  atLarge: TemplateSet,
  groups: readonly TemplateSet[],
): LookAlikes {
  const halves = groups.map(
    (group) => [0, 1].map((half) => everyOtherPerson(group, half)) as [TemplateSet, TemplateSet],
  )
  const shape = (centers: readonly Float32Array[]): LookAlikes => {
    const regions = {
      centers: toBase64(centers),
      nearest,
      from: -1,
      decadesPerTenth: 0.1,
      most: Number.POSITIVE_INFINITY,
    }
    // With these a decade is one of nearness.
    const nearness = new LookAlikeRegions(regions, atLarge.dimensions)
    const places = rowsOf(atLarge).map((row) => nearness.decades(row) - 1)
    return { ...regions, from: round(quantile(places, shareAtLarge)), most }
  }
  const crosswise = [0, 1].map((half) => ({
    regions: shape(
      centersOf(
        halves.map((two) => two[half] as TemplateSet),
        atLarge.dimensions,
      ),
    ),
    others: halves.map((two) => two[1 - half] as TemplateSet),
  }))
  const worst = (decadesPerTenth: number): number => {
    const times = groups.flatMap((_, g) =>
      heldScores.map((score) => {
        const rates = crosswise.map(({ regions, others }) => {
          const lookAlikes = { ...regions, decadesPerTenth }
          const set = scoredSet(others[g] as TemplateSet, { ...calibration, lookAlikes }, 'ACCURATE')
          return compareStrangers(set).byPerson.rate(score)
        })
        return rates.reduce((sum, rate) => sum + rate, 0) / rates.length / falseMatchRate(score)
      }),
    )
    return Math.max(...times)
  }
  const slope = slopes.find((one) => worst(one) <= mostOverPromise) ?? (slopes.at(-1) as number)
  return { ...shape(centersOf(groups, atLarge.dimensions)), decadesPerTenth: round(slope) }
}

function everyOtherPerson(set: TemplateSet, half: number): TemplateSet {
  const chosen = [...imagesByPerson(set.persons).values()].flatMap((images, i) => (i % 2 === half ? images : []))
  return selectImages(set, chosen)
}

function centersOf(groups: readonly TemplateSet[], dimensions: number): Float32Array[] {
  const means = groups.flatMap((group) => meansOfPeople(group))
  return clusters(means, Math.min(mostCenters, means.length), dimensions)
}

/** For each template the mean of it and its nearest ones of so many other people. */
function meansOfPeople(set: TemplateSet): Float32Array[] {
  const images = Array.from(set.persons.keys()).filter((i) => set.hasTemplate?.[i] !== 0)
  const row = (i: number): Float32Array => set.templates.subarray(i * set.dimensions, (i + 1) * set.dimensions)
  return images.map((image) => {
    const best = new Map<number, { other: number; cosine: number }>()
    for (const other of images) {
      const person = set.persons[other] as number
      if (person === set.persons[image]) continue
      const cosine = dot(row(image), row(other))
      if (cosine > (best.get(person)?.cosine ?? -2)) best.set(person, { other, cosine })
    }
    const others = [...best.values()].sort((a, b) => b.cosine - a.cosine).slice(0, peopleInMean - 1)
    return unit([row(image), ...others.map(({ other }) => row(other))], set.dimensions)
  })
}

/** Spherical k-means, begun evenly, so that it comes out the same each time. */
function clusters(rows: readonly Float32Array[], count: number, dimensions: number): Float32Array[] {
  let centers = Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)] as Float32Array)
  for (let step = 0; step < 20; step++) {
    const members: Float32Array[][] = centers.map(() => [])
    for (const row of rows) {
      let best = 0
      for (let i = 1; i < count; i++) {
        if (dot(row, centers[i] as Float32Array) > dot(row, centers[best] as Float32Array)) best = i
      }
      members[best]?.push(row)
    }
    centers = members.map((list, i) => (list.length === 0 ? (centers[i] as Float32Array) : unit(list, dimensions)))
  }
  return centers
}

function rowsOf({ persons, templates, dimensions, hasTemplate }: TemplateSet): Float32Array[] {
  return Array.from(persons.keys())
    .filter((i) => hasTemplate?.[i] !== 0)
    .map((i) => templates.subarray(i * dimensions, (i + 1) * dimensions))
}

function unit(rows: readonly Float32Array[], dimensions: number): Float32Array {
  const sum = new Float32Array(dimensions)
  for (const row of rows) for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] as number) + (row[i] as number)
  const length = Math.hypot(...sum)
  return sum.map((value) => value / length)
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function toBase64(centers: readonly Float32Array[]): string {
  const bytes = centers.flatMap((center) => {
    const largest = Math.max(...center.map(Math.abs))
    return [...center].map((value) => Math.round((value / largest) * 127))
  })
  return Buffer.from(Int8Array.from(bytes).buffer).toString('base64')
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4
}
