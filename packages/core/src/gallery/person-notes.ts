import type { Store, StoreChange } from '../store/store.ts'

/** Under which key of the store's states a sync notes what it brought of a person; deleted with them. */
export function syncNoteKey(personId: string): string {
  return `sync/person/${personId}`
}

/** Under which key of the store's states something is noted of a person who is kept for later; deleted with them. */
export function stagedNoteKey(area: string, personId: string): string {
  return `${area}/${personId}`
}

/** The changes, and with everyone who is deleted all that is kept of them elsewhere: for later, and in notes. */
export async function withTraces(store: Store, changes: readonly StoreChange[]): Promise<readonly StoreChange[]> {
  if (!changes.some(({ kind }) => kind === 'delete_person')) return changes
  const areas = await store.areas()
  return changes.flatMap((change): StoreChange | StoreChange[] => {
    if (change.kind !== 'delete_person') return change
    const { id } = change
    return [
      change,
      { kind: 'delete_state', key: syncNoteKey(id) },
      ...areas.flatMap((area): StoreChange[] => [
        { kind: 'unstage_person', area, id },
        { kind: 'delete_state', key: stagedNoteKey(area, id) },
      ]),
    ]
  })
}
