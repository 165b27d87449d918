/** The file that runs in a worker thread of Node. */
import { VisavisError, type Store } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import type { StoreDescription } from '../protocol.ts'
import { openParts, recognizerOptions } from '../thread/open-parts.ts'
import { serveMatcher } from '../thread/serve-matcher.ts'
import { serveRecognizer } from '../thread/serve-recognizer.ts'

serveMatcher({ open: (request) => openParts(request, openStore) })
serveRecognizer({ open: (request) => createRecognizer(recognizerOptions(request)) })

async function openStore(description: StoreDescription): Promise<Store> {
  if (description.kind !== 'sqlite') {
    throw new VisavisError('invalid_option', "In Node store.kind must be 'memory' or 'sqlite'.")
  }
  // Loaded when it is used: Node prints a warning about its SQLite, which was not stable in its first versions.
  const { sqliteStore } = await import('@visavis/core/sqlite')
  return sqliteStore({ path: description.path })
}
