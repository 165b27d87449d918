import type { StoreChange } from '../store/store.ts'
import { commit } from './commit.ts'
import type { Held } from './held.ts'

/** Where an import keeps its people until all of them are there. */
export const importArea = 'import'

/** Kept while an import runs, with a text of its own, so that it notices where its people were erased meanwhile. */
export const importKey = 'import/running'

/** The changes that discard an unfinished import. */
export const importCleared: readonly StoreChange[] = [
  { kind: 'delete_staged', area: importArea },
  { kind: 'delete_state', key: importKey },
]

/** Erases what an import has staged that was cut short by the end of the process, or of the worker. */
export async function clearImport(held: Held): Promise<void> {
  const { store } = held
  const isLeft = (await store.areas()).includes(importArea) || (await store.state(importKey)) !== undefined
  if (isLeft) await commit(held, importCleared)
}
