import type { Collection, LocalMatcher } from '@visavis/core'
import type { SyncProgress, SyncReport, VerifikClient } from '@visavis/remote'
import { requireCollection } from './collection-choice.ts'

/** A collection of a service, and what syncing it came to. */
export interface SyncedCollection {
  /** Its id and name, there as here. */
  readonly collection: { readonly id: string; readonly name: string }
  readonly report: SyncReport
  readonly milliseconds: number
}

export interface SyncOnceOptions {
  readonly client: VerifikClient
  /** As {@link findAtService} gives it. */
  readonly collection: Collection
  readonly matcher: Pick<LocalMatcher, 'records'>
  readonly dryRun?: boolean
  /** As `syncCollection` has it. */
  readonly mostRemovals?: number | undefined
  readonly signal: AbortSignal
  readonly onProgress: (progress: SyncProgress) => void
}

/** As `requireCollection`, of a service. */
export async function findAtService(
  client: VerifikClient,
  codeOrName: string,
  signal: AbortSignal,
): Promise<Collection> {
  // Asked once, since every call may cost a credit.
  const collections = await client.collections.list({ signal })
  return requireCollection({ collections: { list: async () => collections } }, codeOrName, 'the service')
}

/** Makes the collection here what it is at the service, once. @throws what `syncCollection` throws */
export async function syncOnce({
  collection: { id, name },
  mostRemovals,
  ...options
}: SyncOnceOptions): Promise<SyncedCollection> {
  const { syncCollection } = await import('@visavis/remote')
  const started = performance.now()
  const report = await syncCollection({
    ...options,
    collectionId: id,
    ...(mostRemovals !== undefined && { mostRemovals }),
  })
  return { collection: { id, name }, report, milliseconds: Math.round(performance.now() - started) }
}
