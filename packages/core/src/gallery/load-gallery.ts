import type { Store } from '../store/store.ts'
import type { Gallery } from './gallery.ts'

interface LoadingOptions {
  readonly onProgress: ((progress: { people: number; total: number }) => void) | undefined
  readonly signal: AbortSignal | undefined
}

/** How many people are taken between two reports. */
const progressEvery = 1000

/** Takes everybody the store holds into memory, and tells how far it is. */
export async function loadGallery(
  gallery: Gallery,
  store: Store,
  { onProgress, signal }: LoadingOptions,
): Promise<void> {
  if (onProgress === undefined) return gallery.load(store, { signal })
  const { total } = await store.listPersons({ offset: 0, limit: 0 })
  const onPerson = (people: number): void => {
    if (people % progressEvery === 0 && people < total) onProgress({ people, total })
  }
  await gallery.load(store, { signal, onPerson })
  onProgress({ people: total, total })
}
