/** The file that runs in a Web Worker. */
import { memoryStore, VisavisError, type Store } from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import type { StoreDescription } from '../protocol.ts'
import { isGreeting, serve } from './serve.ts'

addEventListener('message', function greet({ data }: MessageEvent<unknown>) {
  if (!isGreeting(data)) return
  removeEventListener('message', greet)
  const { lock } = data
  // Missing outside of secure contexts, where the models cannot be loaded either; that error says it better.
  const { locks } = navigator as Partial<Navigator>
  if (lock === undefined || locks === undefined) return serve(data, openStore)
  // Answered only with the lock in hand, so that the page can wait for its release.
  let isServing = false
  const hold = (): Promise<never> => {
    isServing = true
    serve(data, openStore)
    return new Promise(() => undefined)
  }
  locks.request(lock, hold).catch(() => {
    // Where a site may keep no data, it gets no locks either; the store then says so.
    if (!isServing) serve(data, openStore)
  })
})

async function openStore(description: StoreDescription): Promise<Store> {
  switch (description.kind) {
    case 'memory':
      return memoryStore()
    case 'indexeddb':
      return indexedDbStore(description)
    default:
      throw new VisavisError('invalid_option', "In a browser store.kind must be 'memory' or 'indexeddb'.")
  }
}
