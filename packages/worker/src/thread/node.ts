/** The file that runs in a worker thread of Node. */
import { memoryStore, VisavisError, type Store } from '@visavis/core'
import { parentPort } from 'node:worker_threads'
import type { StoreDescription } from '../protocol.ts'
import { isGreeting, serve } from './serve.ts'

parentPort?.on('message', function greet(message: unknown) {
  if (!isGreeting(message)) return
  parentPort?.off('message', greet)
  serve(message, openStore)
})

async function openStore(description: StoreDescription): Promise<Store> {
  switch (description.kind) {
    case 'memory':
      return memoryStore()
    case 'sqlite': {
      // Loaded where it is asked for: Node warns of its SQLite, which was not stable in its first versions.
      const { sqliteStore } = await import('@visavis/core/sqlite')
      return sqliteStore(description)
    }
    default:
      throw new VisavisError('invalid_option', "In Node store.kind must be 'memory' or 'sqlite'.")
  }
}
