import type { LocalMatcher } from '@visavis/core'
import { anything, callOptions, checkOptions, idReference, type OptionShape } from '@visavis/core/kit'
import { leaveCollection, seeGallery } from './sync-leave.ts'
import { inTurn } from './sync-turns.ts'

export interface ForgetOptions {
  matcher: Pick<LocalMatcher, 'records'>
  /** As it is here: the service's code. */
  collectionId: string
  /** Stops before anything has changed. */
  signal?: AbortSignal
}

const forgetOptions: OptionShape<ForgetOptions> = {
  matcher: anything,
  collectionId: idReference,
  ...callOptions,
}

export interface ForgetReport {
  /** The ids of the people who were in the collection. */
  removed: string[]
  /** Those of `removed` who stay enrolled: in another collection, or on this device. */
  kept: string[]
}

/**
 * Undoes the syncs of a collection: deletes it on this device, with all people whom a sync has brought and who are in
 * no other collection, and with what an interrupted sync has staged. Waits for a running sync of the same matcher. A
 * collection that is not here is no error.
 *
 * @throws VisavisError `store_*`, `matcher_closed`; nothing has changed then. The signal's reason.
 */
export async function forgetCollection(options: ForgetOptions): Promise<ForgetReport> {
  checkOptions('options', forgetOptions, options)
  const { matcher, collectionId, signal } = options
  const { records } = matcher
  return inTurn(records, signal, async () => {
    for (;;) {
      signal?.throwIfAborted()
      const revision = await records.revision()
      const sight = await seeGallery(records, collectionId)
      const gone = [...sight.members].sort()
      const { changes, removed, kept } = await leaveCollection(records, collectionId, gone, sight)
      changes.push({ kind: 'delete_collection', id: collectionId })
      if (await records.apply(changes, revision)) return { removed, kept }
    }
  })
}
