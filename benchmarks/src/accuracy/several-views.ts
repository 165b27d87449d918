import type { SearchMode } from '@visavis/core'
import type { Calibration } from '@visavis/models'
import { imagesByPerson, similarity as judged, type TemplateSet } from './template-set.ts'
import { fusedSet, type Fusion } from './scored-set.ts'

/** How many views a probe or an enrolled person has at most. */
export const mostViews = 3

/** Open-set identification with templates of several views. */
export interface ViewTrial {
  readonly enrolledViews: number
  readonly probeViews: number
  readonly matedProbes: number
  readonly nonMatedProbes: number
  readonly tpirAtFpir: ReadonlyMap<number, number>
}

/**
 * People with four pictures or more: of one half the first pictures are enrolled, and all after the third are probes; of
 * the other half, strangers, the same. So every number of enrolled views is asked the same probes. Probes of several views
 * are the pictures after the first, so many in a row.
 */
export function viewTrial(
  set: TemplateSet,
  isEnrolled: (person: number) => boolean,
  { enrolledViews, probeViews }: { enrolledViews: number; probeViews: number },
  { calibration, mode }: { calibration: Calibration; mode: SearchMode },
  rates: readonly number[],
): ViewTrial {
  const gallery: Fusion[] = []
  const probes: Fusion[] = []
  for (const [person, images] of imagesByPerson(set.persons)) {
    if (images.length <= mostViews) continue
    if (isEnrolled(person)) gallery.push({ person, probe: [], template: images.slice(0, enrolledViews) })
    const first = probeViews === 1 ? mostViews : 1
    for (let i = first; i + probeViews <= images.length; i += probeViews) {
      probes.push({ person, probe: images.slice(i, i + probeViews), template: [] })
    }
  }
  const fused = fusedSet(set, [...gallery, ...probes], calibration, mode)
  return { enrolledViews, probeViews, ...identify(fused, gallery.length, rates) }
}

/** The first rows of the set are the gallery, the others probes. */
function identify(
  set: TemplateSet,
  gallery: number,
  rates: readonly number[],
): Pick<ViewTrial, 'matedProbes' | 'nonMatedProbes' | 'tpirAtFpir'> {
  const enrolled = new Set(set.persons.subarray(0, gallery))
  const found: { right: boolean; score: number }[] = []
  const strangers: number[] = []
  for (let probe = gallery; probe < set.persons.length; probe++) {
    let best = Number.NEGATIVE_INFINITY
    let person = -1
    for (let template = 0; template < gallery; template++) {
      const score = judged(set, probe, template)
      if (score <= best) continue
      best = score
      person = set.persons[template] as number
    }
    const own = set.persons[probe] as number
    if (enrolled.has(own)) found.push({ right: person === own, score: best })
    else strangers.push(best)
  }
  strangers.sort((a, b) => (a === b ? 0 : b - a))
  const tpirAtFpir = new Map<number, number>()
  for (const rate of rates) {
    const threshold = strangers[Math.floor(rate * strangers.length)] ?? Number.NEGATIVE_INFINITY
    tpirAtFpir.set(rate, found.filter(({ right, score }) => right && score > threshold).length / found.length)
  }
  return { matedProbes: found.length, nonMatedProbes: strangers.length, tpirAtFpir }
}

/** Every run of so many consecutive pictures of each person who has enough: for the rates of strangers. */
export function viewFusions(set: TemplateSet, probeViews: number, enrolledViews: number): Fusion[] {
  const views = Math.max(probeViews, enrolledViews)
  return [...imagesByPerson(set.persons)].flatMap(([person, images]) =>
    images.length < mostViews
      ? []
      : Array.from({ length: Math.floor(images.length / views) }, (_, i) => ({
          person,
          probe: images.slice(i * views, i * views + probeViews),
          template: images.slice(i * views, i * views + enrolledViews),
        })),
  )
}
