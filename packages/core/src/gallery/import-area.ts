import type { Store } from '../store/store.ts'

/** Where an import keeps its people until all of them are there. */
export const importArea = 'import'

/** Erases what an import left behind that was cut short by the end of the process. */
export async function clearImport(store: Store): Promise<void> {
  if (!(await store.areas()).includes(importArea)) return
  await store.write([{ kind: 'delete_staged', area: importArea }])
  await store.erased()
}
