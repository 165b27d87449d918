import type { Store, StoreChange } from '../store/store.ts'
import { syncTimeKey } from './collection-ages.ts'

/** Under which key of the store's states a sync notes what it brought of a person; deleted with them. */
export function syncNoteKey(personId: string): string {
  return `sync/person/${personId}`
}

/** In which area a sync keeps the people of a collection until all are there; forgotten with the collection. */
export function syncArea(collectionId: string): string {
  return `sync/staged/${encodeURIComponent(collectionId)}`
}

/** Under which key of the store's states something is noted of a person who is kept for later; deleted with them. */
export function stagedNoteKey(area: string, personId: string): string {
  return `${area}/${personId}`
}

/** The changes, and with all who and what is deleted whatever is kept of them elsewhere: for later, and in notes. */
export async function withTraces(store: Store, changes: readonly StoreChange[]): Promise<readonly StoreChange[]> {
  const areas = changes.some(({ kind }) => kind === 'delete_person') ? await store.areas() : []
  const all: StoreChange[] = []
  for (const change of changes) {
    all.push(change)
    if (change.kind === 'delete_person') all.push(...tracesOfPerson(change.id, areas))
    if (change.kind === 'delete_collection') all.push(...(await tracesOfCollection(change.id, store)))
  }
  return all
}

function tracesOfPerson(id: string, areas: readonly string[]): StoreChange[] {
  return [
    { kind: 'delete_state', key: syncNoteKey(id) },
    ...areas.flatMap((area): StoreChange[] => [
      { kind: 'unstage_person', area, id },
      { kind: 'delete_state', key: stagedNoteKey(area, id) },
    ]),
  ]
}

async function tracesOfCollection(id: string, store: Store): Promise<StoreChange[]> {
  const area = syncArea(id)
  const notes = await store.states(stagedNoteKey(area, ''))
  return [
    { kind: 'delete_state', key: syncTimeKey(id) },
    { kind: 'delete_staged', area },
    ...notes.map(([key]): StoreChange => ({ kind: 'delete_state', key })),
  ]
}
