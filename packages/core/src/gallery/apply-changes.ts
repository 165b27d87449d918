import { VisavisError } from '../errors.ts'
import { joined } from '../store/memberships.ts'
import type { PersonTemplates, StoreChange } from '../store/store.ts'
import type { GalleryState } from './state.ts'
import { withTraces } from './traces.ts'

/** What a search or a list could tell apart from what was before. */
const visible: ReadonlySet<StoreChange['kind']> = new Set([
  'put_person',
  'delete_person',
  'put_collection',
  'delete_collection',
  'put_staged',
])

/**
 * Makes changes in the store and then, in one go, in memory. Everything that could be refused is asked for before. To be
 * called when it is its turn among the writes.
 *
 * @throws VisavisError `collection_not_found`, `dimension_mismatch`, `gallery_full`, and what the store throws
 */
export async function applyChanges(state: GalleryState, given: readonly StoreChange[]): Promise<void> {
  const { store, gallery } = state
  const changes = await withTraces(store, given)
  const staged = await readStaged(state, changes)
  let templates = 0
  const collections = new Set(state.collections.keys())
  const check = ({ faces, collectionIds }: Omit<PersonTemplates, 'personId'>): void => {
    for (const id of collectionIds) if (!collections.has(id)) throw unknownCollection()
    gallery.check(faces)
    templates += faces.length
  }
  for (const change of changes) {
    if (change.kind === 'put_collection') collections.add(change.collection.id)
    else if (change.kind === 'delete_collection') collections.delete(change.id)
    else if (change.kind === 'put_person') check(change.person)
    else if (change.kind === 'put_staged') staged.get(change.area)?.forEach((person) => check(person))
  }
  gallery.reserve(templates)
  const make = async (): Promise<void> => {
    await store.write(changes)
    for (const change of changes) applyInMemory(state, change, staged)
  }
  await (changes.some(({ kind }) => visible.has(kind)) ? state.change(make) : make())
  await state.erased()
}

function applyInMemory({ gallery, collections, ages }: GalleryState, change: StoreChange, staged: StagedPeople): void {
  switch (change.kind) {
    case 'put_person':
      gallery.put({ ...change.person, personId: change.person.id })
      return
    case 'delete_person':
      gallery.delete(change.id)
      return
    case 'put_collection':
      collections.set(change.collection.id, change.collection)
      return
    case 'delete_collection':
      collections.delete(change.id)
      gallery.deleteCollection(change.id)
      return
    case 'put_state':
      ages.noteState(change.key, change.value)
      return
    case 'delete_state':
      ages.noteState(change.key, undefined)
      return
    case 'unstage_person':
      staged.get(change.area)?.delete(change.id)
      return
    case 'put_staged':
      for (const person of staged.get(change.area)?.values() ?? []) {
        const before = gallery.collectionIds(person.personId)
        gallery.put({ ...person, collectionIds: joined(person.collectionIds, before, change.within) })
      }
      staged.delete(change.area)
  }
}

/** By area and id. */
type StagedPeople = Map<string, Map<string, PersonTemplates>>

/** Everyone in the areas that are put. */
async function readStaged({ store }: GalleryState, changes: readonly StoreChange[]): Promise<StagedPeople> {
  const areas: StagedPeople = new Map()
  for (const change of changes) {
    if (change.kind !== 'put_staged' || areas.has(change.area)) continue
    const people = new Map<string, PersonTemplates>()
    for await (const { id, collectionIds, faces } of store.staged(change.area)) {
      // Without the thumbnails, which nobody needs in memory.
      const templates = faces.map(({ modelId, template }) => ({ modelId, template }))
      people.set(id, { personId: id, collectionIds, faces: templates })
    }
    areas.set(change.area, people)
  }
  for (const change of changes) {
    if (change.kind !== 'stage_person' && change.kind !== 'delete_staged') continue
    if (areas.has(change.area)) {
      throw new VisavisError('invalid_option', 'An area is staged and put by two calls, one after the other.')
    }
  }
  return areas
}

function unknownCollection(): VisavisError {
  return new VisavisError(
    'collection_not_found',
    'A person is in a collection that does not exist; put the collection first.',
  )
}
