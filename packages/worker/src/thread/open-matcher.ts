import {
  createMatcher,
  encryptedStore,
  type GalleryRecords,
  type LocalMatcher,
  type MatcherOptions,
  type Recognizer,
  type Store,
} from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import type { MatcherSettings, StoreDescription } from '../protocol.ts'
import type { RecognizerTurns } from './recognizer-turns.ts'

/** Opens the stores that this runtime has, as they are: not decrypted. */
export type OpenStore = (description: StoreDescription) => Promise<Store>

export interface OpenOptions {
  readonly openStore: OpenStore
  readonly turns: RecognizerTurns
  readonly onProgress: NonNullable<MatcherOptions['onProgress']>
  readonly onStoreChange: NonNullable<MatcherOptions['onStoreChange']>
}

const indexName = 'usearch.wasm'

/** The matcher that settings describe. */
export async function openMatcher(
  { store: description, index, ...settings }: MatcherSettings,
  { openStore, turns, onProgress, onStoreChange }: OpenOptions,
): Promise<LocalMatcher> {
  const opening: [Promise<Store>, Promise<Recognizer>] = [
    openSealed(description, openStore),
    createRecognizer(settings),
  ]
  try {
    const [store, recognizer] = await Promise.all(opening)
    const wasm = indexFile(settings.assets)
    return await createMatcher({
      recognizer: turns.keptBy(recognizer),
      store,
      index: { ...index, ...(wasm === undefined ? {} : { wasm }) },
      onProgress,
      onStoreChange,
    })
  } catch (error) {
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === 'fulfilled') await opened.value.close()
    }
    throw error
  }
}

/** The records with revisions that are counted from `first`. */
export function withRevisionsFrom(first: number, records: GalleryRecords): GalleryRecords {
  return {
    ...records,
    revision: async () => first + (await records.revision()),
    apply: (changes, revision) => records.apply(changes, revision === undefined ? undefined : revision - first),
  }
}

async function openSealed(description: StoreDescription, openStore: OpenStore): Promise<Store> {
  const store = await openStore(description)
  if (!('secret' in description)) return store
  try {
    return await encryptedStore(store, description.secret)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Of the files that a caller names, the one that is the index's; the others are the recognizer's. */
function indexFile(assets: MatcherSettings['assets']): string | Uint8Array<ArrayBuffer> | undefined {
  if (typeof assets === 'string') return assets.endsWith('/') ? assets + indexName : `${assets}/${indexName}`
  return assets?.[indexName]
}
