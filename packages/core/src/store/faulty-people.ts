import { VisavisError } from '../errors.ts'
import { templateFault } from '../template.ts'
import type { FaceRecord, Store, StoreChange } from './store.ts'

export interface IntegrityOptions {
  /**
   * The models whose templates' length is known. Templates of another one are compared with the length that most of its
   * templates have.
   */
  models?: readonly { readonly id: string; readonly dimensions: number }[]
}

/** A store that finds damaged people, and takes them out. */
export interface CheckedStore extends Store {
  /**
   * Reads all people, and checks that what is kept of them is valid: templates are finite unit vectors of their model's
   * length.
   * @throws VisavisError `store_corrupt`
   */
  checkIntegrity(options?: IntegrityOptions): Promise<void>
  /**
   * Deletes every person whose data is damaged. Call it before a matcher gets the store. A matcher also opens a store
   * with invalid templates, and makes new ones of the thumbnails with `reembed`, which keeps those people.
   * @returns the ids of the enrolled people that it deleted: enroll them again, or sync. People staged by a sync or an
   * import are not among them: both read them again.
   * @throws VisavisError `store_*`
   */
  deleteDamaged(options?: IntegrityOptions): Promise<string[]>
}

interface FaultyPerson {
  readonly id: string
  /** The area in which they are staged; `undefined` for an enrolled person. */
  readonly area: string | undefined
}

type Readable = Pick<Store, 'templates' | 'areas' | 'staged'>
type Faces = readonly Pick<FaceRecord, 'modelId' | 'template'>[]

/** The people with invalid templates, which an earlier version may have stored unchecked. */
async function findFaulty(store: Readable, { models = [] }: IntegrityOptions): Promise<FaultyPerson[]> {
  const lengths = new Map<string, Map<number, number>>()
  for await (const { faces } of everybody(store)) {
    for (const { modelId, template } of faces) {
      if (template.length === 0 || templateFault(template) !== undefined) continue
      const counts = lengths.get(modelId) ?? new Map<number, number>()
      lengths.set(modelId, counts.set(template.length, (counts.get(template.length) ?? 0) + 1))
    }
  }
  const dimensions = new Map<string, number>()
  for (const [modelId, counts] of lengths) {
    const [[most]] = [...counts].sort(([, a], [, b]) => b - a) as [[number, number]]
    dimensions.set(modelId, most)
  }
  for (const model of models) dimensions.set(model.id, model.dimensions)
  const faulty: FaultyPerson[] = []
  for await (const { id, area, faces } of everybody(store)) {
    if (faces.some(({ modelId, template }) => templateFault(template, dimensions.get(modelId)) !== undefined)) {
      faulty.push({ id, area })
    }
  }
  return faulty
}

/** @throws VisavisError `store_corrupt` */
export async function checkTemplates(store: Readable, options: IntegrityOptions = {}): Promise<void> {
  const { length } = await findFaulty(store, options)
  if (length === 0) return
  throw new VisavisError(
    'store_corrupt',
    `The store holds ${length} people with templates that are none, as an earlier version stored them unchecked; make new ones of their thumbnails with reembed, or take these people out, with visavis check --repair or deleteDamaged().`,
  )
}

/** @returns the ids of the enrolled people that it deleted */
export async function deleteFaulty(store: Store, options: IntegrityOptions = {}): Promise<string[]> {
  const faulty = await findFaulty(store, options)
  if (faulty.length === 0) return []
  await store.write(
    faulty.map(({ id, area }): StoreChange => {
      return area === undefined ? { kind: 'delete_person', id } : { kind: 'unstage_person', area, id }
    }),
  )
  await store.finishErasing()
  return faulty.filter(({ area }) => area === undefined).map(({ id }) => id)
}

async function* everybody(store: Readable): AsyncIterable<FaultyPerson & { faces: Faces }> {
  for await (const { personId, faces } of store.templates()) yield { id: personId, area: undefined, faces }
  for (const area of await store.areas()) {
    for await (const { id, faces } of store.staged(area)) yield { id, area, faces }
  }
}
