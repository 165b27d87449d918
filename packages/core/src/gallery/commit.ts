import { VisavisError } from '../errors.ts'
import { joined } from '../store/memberships.ts'
import type { PersonTemplates, StoreChange } from '../store/store.ts'
import { ChangeEffects } from './change-effects.ts'
import { checkedChanges } from './checked-changes.ts'
import type { Held } from './held.ts'
import { withLeftovers } from './leftovers.ts'
import type { News } from './news.ts'
import { modelArea, stagedNoteKey } from './note-keys.ts'

/** The changes that a search or a list can see. */
const visible: ReadonlySet<StoreChange['kind']> = new Set([
  'put_person',
  'delete_person',
  'join_collection',
  'leave_collection',
  'put_collection',
  'delete_collection',
  'put_staged',
])

export interface CommitOptions {
  /** Whether what was removed or replaced is erased before the call resolves. @default true */
  readonly erase?: boolean
  /** Changes memory when the store has the changes, instead of the changes themselves. */
  readonly inMemory?: () => void
}

/**
 * The only writer of a gallery: all changes of people or collections go through it, one call at a time. It checks all
 * that could be refused, writes the store, then memory, all or nothing, and erases what was removed or replaced.
 *
 * @throws VisavisError `invalid_option`, `person_not_found`, `collection_not_found`, `collection_exists`,
 * `dimension_mismatch`, `gallery_full`, and what the store throws: nothing is changed then
 */
export async function commit(
  held: Held,
  given: readonly StoreChange[],
  { erase = true, inMemory }: CommitOptions = {},
): Promise<void> {
  if (given.length === 0) return
  const { store } = held
  const kept = await withLeftovers(store, await checkedChanges(held, given))
  const staged = await readStaged(held, kept)
  const changes = held.isChangingModel ? [...kept, ...unstagedForModel(kept, staged)] : kept
  const effects = new ChangeEffects(held, changes, staged)
  held.people.reserve(effects.templates)
  const make = async (): Promise<void> => {
    await store.write(changes)
    if (inMemory !== undefined) inMemory()
    else for (const change of changes) applyInMemory(held, change, staged)
  }
  await (changes.some(({ kind }) => visible.has(kind)) ? held.changes.count(make) : make())
  if (erase && effects.replaces) await eraseRemoved(held)
}

/**
 * Puts into memory, in one step, what other writers have changed in the store.
 * @throws VisavisError `gallery_full`: nothing is changed then
 */
export async function takeIn(held: Held, news: News): Promise<void> {
  let templates = 0
  for (const { faces } of news.people.values()) templates += faces.length
  held.people.reserve(templates)
  await held.changes.count(async () => putNews(held, news))
}

/** Resolves when no copy of what was removed or replaced is left outside of memory. */
export async function eraseRemoved({ people, store }: Held): Promise<void> {
  await Promise.all([people.finishErasing(), store.finishErasing()])
}

function applyInMemory({ people, collections, ages }: Held, change: StoreChange, staged: StagedPeople): void {
  switch (change.kind) {
    case 'put_person':
      people.put({ ...change.person, personId: change.person.id })
      return
    case 'delete_person':
      people.delete(change.id)
      return
    case 'join_collection':
      people.join(change.personId, change.collectionId)
      return
    case 'leave_collection':
      people.leave(change.personId, change.collectionId)
      return
    case 'put_collection':
      collections.set(change.collection.id, change.collection)
      return
    case 'delete_collection':
      collections.delete(change.id)
      people.deleteCollection(change.id)
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
        const before = people.collectionIds(person.personId)
        people.put({ ...person, collectionIds: joined(person.collectionIds, before, change.within) })
      }
      staged.delete(change.area)
      return
    case 'stage_person':
    case 'delete_staged':
  }
}

function putNews({ people, collections, ages }: Held, news: News): void {
  for (const id of news.deletedCollections) people.deleteCollection(id)
  for (const id of news.changed ?? people.ids()) if (!news.people.has(id)) people.delete(id)
  for (const person of news.people.values()) people.put(person)
  collections.clear()
  for (const record of news.collections) collections.set(record.id, record)
  ages.replace(news.syncTimes)
}

/**
 * Unstages, for the next model, the people whom the changes put or whose collections they change: what is staged of
 * them there is out of date.
 */
function unstagedForModel(changes: readonly StoreChange[], staged: StagedPeople): StoreChange[] {
  const ids = changes.flatMap((change) => {
    if (change.kind === 'put_person') return [change.person.id]
    if (change.kind === 'join_collection' || change.kind === 'leave_collection') return [change.personId]
    return change.kind === 'put_staged' && change.area !== modelArea ? [...(staged.get(change.area)?.keys() ?? [])] : []
  })
  return ids.flatMap((id): StoreChange[] => [
    { kind: 'unstage_person', area: modelArea, id },
    { kind: 'delete_state', key: stagedNoteKey(modelArea, id) },
  ])
}

/** By area and id. */
type StagedPeople = Map<string, Map<string, PersonTemplates>>

/** The staged people of the areas that are put. */
async function readStaged({ store }: Held, changes: readonly StoreChange[]): Promise<StagedPeople> {
  const areas: StagedPeople = new Map()
  for (const change of changes) {
    if (change.kind !== 'put_staged' || areas.has(change.area)) continue
    const people = new Map<string, PersonTemplates>()
    for await (const { id, collectionIds, faces } of store.staged(change.area)) {
      // Without the thumbnails, which memory does not keep.
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
