import { VisavisError, type LocalMatcher } from '@visavis/core'
import {
  anything,
  callback,
  callOptions,
  checkOptions,
  flag,
  idReference,
  integer,
  number,
  optional,
  type OptionShape,
} from '@visavis/core/kit'
import type { VerifikClient } from '../client/client.ts'
import { isUsableId } from './service-record.ts'
import { SyncMeter } from './sync-meter.ts'
import type { SyncProgress, SyncReport } from './sync-report.ts'
import { SyncRun } from './sync-run.ts'
import { inTurn } from './sync-turns.ts'

export interface SyncOptions {
  /** The service that has the collection. */
  client: Pick<VerifikClient, 'persons' | 'collections'>
  /**
   * Where the collection is to be available without the service. With a pool as its recognizer, several pictures are
   * read at once.
   */
  matcher: Pick<LocalMatcher, 'records'>
  /** The collection's code or `_id`; here it has the service's code as its id. */
  collectionId: string
  /** Stops the sync; what was read is kept, and the next one goes on from there. */
  signal?: AbortSignal
  /** Called at most ten times a second. */
  onProgress?: (progress: SyncProgress) => void
  /** Only reports what would change. @default false */
  dryRun?: boolean
  /**
   * How many people are under way at once, 1 to 100. The default keeps a pool of recognizers busy; with 1 a search waits for
   * one picture at most where it shares its recognizer with the sync.
   * @default 16
   */
  atOnce?: number
  /**
   * The largest share of the collection's people here that this sync removes, 0 to 1, since a service that suddenly
   * lacks most of them more likely has a fault than is right. Where more are gone from it, all of them stay, and the
   * report lists them as `withheld`. Two people may be removed from a collection of any size; with 1, all may.
   * @default 0.5
   */
  mostRemovals?: number
}

const syncOptions: OptionShape<SyncOptions> = {
  client: anything,
  matcher: anything,
  collectionId: idReference,
  onProgress: optional(callback),
  dryRun: optional(flag),
  atOnce: optional(integer(1, 100)),
  mostRemovals: optional(number(0, 1)),
  ...callOptions,
}

/**
 * Makes a collection on this device what it is at the service: all its people, with what a search needs of them.
 * Searches see the old collection until the new one is complete. An interrupted sync continues with the next call.
 * Several syncs of one matcher run one after the other.
 *
 * A sync deletes only people whom a sync has brought, and only if they are in no other collection. A person who was
 * enrolled on this device stays enrolled. A record of the service that cannot be taken over is left out and reported;
 * the others are brought, and those who are gone are removed.
 *
 * @throws VisavisError `invalid_option`; `collection_not_found` where the service does not have the collection, and
 * what the client, the recognizer and the store throw; nothing has changed then for searches.
 */
export async function syncCollection(options: SyncOptions): Promise<SyncReport> {
  checkOptions('options', syncOptions, options)
  return inTurn(options.matcher.records, options.signal, () => sync(options))
}

async function sync({
  client,
  matcher,
  collectionId,
  signal = new AbortController().signal,
  onProgress,
  dryRun = false,
  atOnce = 16,
  mostRemovals = 0.5,
}: SyncOptions): Promise<SyncReport> {
  const collection = await client.collections.get(collectionId, { signal })
  if (collection === null) {
    throw new VisavisError(
      'collection_not_found',
      'The service has no collection with this code or _id; what is here was left as it is.',
    )
  }
  if (!isUsableId(collection.id)) {
    throw new VisavisError(
      'bad_response',
      'The service calls the collection by a code that no collection can have here.',
    )
  }
  const run = await SyncRun.open({
    client,
    matcher,
    collection,
    signal,
    dryRun,
    atOnce,
    mostRemovals,
    meter: new SyncMeter(onProgress),
  })
  return run.finish()
}
