import type { PersonTemplates, Store } from '../store/store.ts'
import type { Held } from './held.ts'

interface LoadingOptions {
  readonly onProgress?: ((progress: { people: number; total: number }) => void) | undefined
  readonly signal?: AbortSignal | undefined
  /** What is taken of a person. @default the person as stored */
  readonly as?: (person: PersonTemplates) => PersonTemplates
}

/** How many people are read between two reports. */
const progressEvery = 1000

/** Reads all people of the store into memory, and reports progress. */
export async function loadGallery(
  { people, store }: Pick<Held, 'people'> & { readonly store: Pick<Store, 'templates' | 'listPersons'> },
  { onProgress, signal, as = (person) => person }: LoadingOptions = {},
): Promise<void> {
  const total = onProgress && (await store.listPersons({ offset: 0, limit: 0 })).total
  for await (const person of store.templates()) {
    signal?.throwIfAborted()
    people.put(as(person))
    if (total !== undefined && people.size % progressEvery === 0 && people.size < total) {
      onProgress?.({ people: people.size, total })
    }
  }
  if (total !== undefined) onProgress?.({ people: total, total })
}
