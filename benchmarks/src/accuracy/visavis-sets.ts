import { isRefusal, type Outcome } from '../contenders/contender.ts'
import type { Dataset } from '../dataset.ts'
import type { Measure, TemplateSet } from './template-set.ts'

/**
 * How visavis compares: the enrolled template is the same in both modes of a search.
 *
 * @param enrolled What the templates are made of. @default the probes' own images, at their own size
 */
export function visavisSets(
  dataset: Dataset,
  probes: ReadonlyMap<string, readonly Outcome[]>,
  enrolled: ReadonlyMap<string, readonly Outcome[]> = probes,
): { fast: TemplateSet; accurate: TemplateSet } {
  const templates = enrolled.get('enrolled') ?? []
  return {
    fast: templateSet(dataset, probes.get('fast') ?? [], templates),
    accurate: templateSet(dataset, probes.get('accurate') ?? [], templates),
  }
}

/** @throws Error where every image was refused, or vectors are of different lengths. */
export function templateSet(
  { images }: Dataset,
  probes: readonly Outcome[],
  templates: readonly Outcome[],
  measure: Measure = 'cosine',
): TemplateSet {
  const ids = new Map<string, number>()
  const persons = Int32Array.from(images, ({ person }) => {
    const id = ids.get(person) ?? ids.size
    ids.set(person, id)
    return id
  })
  const packed = pack(templates)
  const { rows, has } = probes === templates ? packed : pack(probes)
  if (rows.length !== packed.rows.length) throw new Error('probes and templates are of different lengths')
  return {
    persons,
    probes: rows,
    templates: packed.rows,
    dimensions: rows.length / images.length,
    hasProbe: has,
    hasTemplate: packed.has,
    measure,
  }
}

function pack(outcomes: readonly Outcome[]): { rows: Float32Array; has: Uint8Array } {
  const first = outcomes.find((outcome) => !isRefusal(outcome))
  if (first === undefined || isRefusal(first)) throw new Error('No face was located in any of the images.')
  const rows = new Float32Array(outcomes.length * first.length)
  for (const [i, outcome] of outcomes.entries()) {
    if (!isRefusal(outcome)) rows.set(outcome, i * first.length)
  }
  return { rows, has: Uint8Array.from(outcomes, (outcome) => (isRefusal(outcome) ? 0 : 1)) }
}
