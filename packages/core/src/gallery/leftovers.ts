import type { Store, StoreChange } from '../store/store.ts'
import { syncTimeKey } from './collection-ages.ts'
import { stagedNoteKey, syncArea, syncNoteKey } from './note-keys.ts'

/**
 * The changes, and with each deletion those that delete what is stored elsewhere of the same person or collection:
 * staged people, and notes.
 */
export async function withLeftovers(
  store: Pick<Store, 'areas' | 'states'>,
  changes: readonly StoreChange[],
): Promise<readonly StoreChange[]> {
  const areas = changes.some(({ kind }) => kind === 'delete_person') ? await store.areas() : []
  const all: StoreChange[] = []
  for (const change of changes) {
    all.push(change)
    if (change.kind === 'delete_person') all.push(...leftoversOfPerson(change.id, areas))
    if (change.kind === 'delete_collection') all.push(...(await leftoversOfCollection(change.id, store)))
  }
  return all
}

function leftoversOfPerson(id: string, areas: readonly string[]): StoreChange[] {
  return [
    { kind: 'delete_state', key: syncNoteKey(id) },
    ...areas.flatMap((area): StoreChange[] => [
      { kind: 'unstage_person', area, id },
      { kind: 'delete_state', key: stagedNoteKey(area, id) },
    ]),
  ]
}

async function leftoversOfCollection(id: string, store: Pick<Store, 'states'>): Promise<StoreChange[]> {
  const area = syncArea(id)
  const notes = await store.states(stagedNoteKey(area, ''))
  return [
    { kind: 'delete_state', key: syncTimeKey(id) },
    { kind: 'delete_staged', area },
    ...notes.map(([key]): StoreChange => ({ kind: 'delete_state', key })),
  ]
}
