import { encryptedStore, memoryStore, type IndexChoice, type Store } from '@visavis/core'
import { createRecognizer, type RecognizerOptions } from '@visavis/core/tfjs'
import type { MatcherRequest, RecognizerRequest, StoreDescription, WorkerIndex } from '../protocol.ts'
import type { MatcherParts } from './open-matcher.ts'

/** Opens the stores that this runtime has, as they are: not decrypted. */
export type OpenStore = (description: StoreDescription) => Promise<Store>

const indexName = 'usearch.wasm'

/** What a request describes, made of what comes with the packages. */
export async function openParts(
  { store: description = { kind: 'memory' }, index = {}, previousModel, ...request }: MatcherRequest,
  openStore: OpenStore,
): Promise<MatcherParts> {
  const before =
    previousModel === undefined ? [] : [createRecognizer(recognizerOptions({ ...request, model: previousModel }))]
  const opening = [openSealed(description, openStore), createRecognizer(recognizerOptions(request)), ...before] as const
  try {
    const [store, recognizer, previous] = await Promise.all(opening)
    const parts = { store, recognizer, index: withFile(index, request.assets) }
    return previous === undefined ? parts : { ...parts, previous }
  } catch (error) {
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === 'fulfilled') await opened.value.close()
    }
    throw error
  }
}

/** Of a request what the recognizer that comes with the packages takes. */
export function recognizerOptions({ assets, model }: RecognizerRequest): RecognizerOptions {
  return { ...(assets !== undefined && { assets }), ...(model !== undefined && { model }) }
}

async function openSealed(description: StoreDescription, openStore: OpenStore): Promise<Store> {
  const store = description.kind === 'memory' ? memoryStore() : await openStore(description)
  if (!('secret' in description)) return store
  try {
    return await encryptedStore(store, description.secret)
  } catch (error) {
    await store.close()
    throw error
  }
}

/** Of the files that a caller names, the one that is the index's; the others are the recognizer's. */
function withFile(index: WorkerIndex, assets: RecognizerRequest['assets']): IndexChoice {
  const wasm = typeof assets === 'string' ? fileIn(assets) : assets?.[indexName]
  if (wasm === undefined || index === null) return index
  return typeof index === 'string' ? { kind: index, wasm } : { ...index, wasm }
}

function fileIn(folder: string): string {
  return folder.endsWith('/') ? folder + indexName : `${folder}/${indexName}`
}
