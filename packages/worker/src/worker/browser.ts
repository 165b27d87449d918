/** The file that runs in a Web Worker. */
import { VisavisError, type Store } from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import { createRecognizer } from '@visavis/core/tfjs'
import type { StoreDescription } from '../protocol.ts'
import { openParts, recognizerOptions } from '../thread/open-parts.ts'
import { serveMatcher } from '../thread/serve-matcher.ts'
import { serveRecognizer } from '../thread/serve-recognizer.ts'

serveMatcher({ open: (request) => openParts(request, openStore) })
serveRecognizer({ open: (request) => createRecognizer(recognizerOptions(request)) })

async function openStore(description: StoreDescription): Promise<Store> {
  if (description.kind === 'indexeddb') {
    const { name, whenLocked } = description
    return indexedDbStore({ name, ...(whenLocked !== undefined && { whenLocked }) })
  }
  throw new VisavisError('invalid_option', "In a browser store.kind must be 'memory' or 'indexeddb'.")
}
