import type { Calibration, ViewCalibration } from '@visavis/models'
import { fuseTemplates } from '../../../packages/core/src/fused-template.ts'
import { fusedSet } from '../accuracy/scored-set.ts'
import { mostViews, viewFusions } from '../accuracy/several-views.ts'
import { imagesByPerson, type TemplateSet } from '../accuracy/template-set.ts'
import { falseMatchRate } from '@visavis/core'
import { quantile } from '../statistics.ts'
import { compareStrangers } from './strangers.ts'

/** At these scores it is measured by how much strangers of several views are likelier. */
const heldScores = [0.4, 0.5, 0.6]
/** Of two pictures of a person, so many are more alike than where they count as two in full. */
const shareAlike = 0.25

/** By how much strangers are likelier against, and with, templates of several views. */
export function fitViews(
  calibration: Calibration,
  sets: Readonly<Record<'fast' | 'accurate', TemplateSet>>,
): ViewCalibration {
  const numbers = Array.from({ length: mostViews }, (_, i) => i + 1)
  // Said in full: a scale without it takes off what is usual, and nothing would be left to be measured.
  const nothingOff: ViewCalibration = { decades: numbers.map(() => numbers.map(() => 0)), distinct: 0 }
  const plain: Calibration = { fast: calibration.fast, accurate: calibration.accurate, views: nothingOff }
  const measured = numbers.map((probeViews) =>
    numbers.map((enrolledViews) => {
      const times = (['fast', 'accurate'] as const).flatMap((mode) => {
        const fusions = viewFusions(sets[mode], probeViews, enrolledViews)
        const set = fusedSet(sets[mode], fusions, plain, mode === 'fast' ? 'FAST' : 'ACCURATE')
        const { byPerson } = compareStrangers(set)
        return heldScores.map((score) => Math.log10(byPerson.rate(score) / falseMatchRate(score)))
      })
      return times.reduce((sum, one) => sum + one, 0) / times.length
    }),
  )
  // People with three pictures are a little other people than all; what counts is what more views add.
  const first = measured[0]?.[0] as number
  const decades: number[][] = []
  for (const [i, row] of measured.entries()) {
    decades.push([])
    for (const [j, value] of row.entries()) {
      const before = Math.max(0, decades[i - 1]?.[j] ?? 0, decades[i]?.[j - 1] ?? 0)
      decades[i]?.push(Math.round(Math.max(before, value - first) * 1e3) / 1e3)
    }
  }
  return { decades, distinct: Math.round(quantile(coherences(sets.accurate), 1 - shareAlike) * 1e3) / 1e3 }
}

/** Of the first two pictures of each person who has two. */
function coherences({ persons, templates, dimensions, hasTemplate }: TemplateSet): number[] {
  return [...imagesByPerson(persons).values()].flatMap((images) => {
    const two = images.filter((image) => hasTemplate?.[image] !== 0).slice(0, 2)
    if (two.length < 2) return []
    return [
      fuseTemplates(two.map((image) => templates.subarray(image * dimensions, (image + 1) * dimensions))).coherence,
    ]
  })
}
