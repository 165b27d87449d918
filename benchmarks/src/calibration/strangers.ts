import { compareAll } from '../accuracy/compare-all.ts'
import { Histogram } from '../accuracy/histogram.ts'
import { imagesByPerson, type TemplateSet } from '../accuracy/template-set.ts'

/** What is known of comparing strangers. */
export interface Strangers {
  /** Every comparison counts the same. */
  readonly byImage: Histogram
  /** Every ordered pair of people counts the same, however many images of them there are. */
  readonly byPerson: Histogram
  readonly people: number
  readonly comparisons: number
}

/** All comparisons of different people in which both images gave a vector. */
export function compareStrangers(set: TemplateSet): Strangers {
  const { persons, hasProbe, hasTemplate } = set
  const images = imagesByPerson(persons)
  const counts = (has: Uint8Array | undefined): Map<number, number> =>
    new Map([...images].map(([person, list]) => [person, list.filter((image) => has?.[image] !== 0).length]))
  const probesOf = counts(hasProbe)
  const templatesOf = counts(hasTemplate)
  const probeWeight = Float64Array.from(persons, (person) => 1 / (probesOf.get(person) as number))
  const templateWeight = Float64Array.from(persons, (person) => 1 / (templatesOf.get(person) as number))
  const byImage = new Histogram()
  const byPerson = new Histogram()
  compareAll(set, (probe, template, similarity) => {
    if (persons[probe] === persons[template] || similarity === Number.NEGATIVE_INFINITY) return
    byImage.add(similarity)
    byPerson.add(similarity, (probeWeight[probe] as number) * (templateWeight[template] as number))
  })
  const people = [...probesOf.values()].filter((count) => count > 0).length
  return { byImage, byPerson, people, comparisons: byImage.total }
}
