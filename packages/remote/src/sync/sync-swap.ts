import {
  syncTimeKey,
  type Collection,
  type CollectionRecord,
  type GalleryRecords,
  type StoreChange,
} from '@visavis/core'
import { collectionRecord } from './service-record.ts'
import type { SyncCheckpoint } from './sync-checkpoint.ts'
import { leaveCollection, otherOwners, seeGallery, type Sight } from './sync-leave.ts'
import { putMark } from './sync-mark.ts'

/** So many people may be removed from a collection of any size. */
const alwaysRemovable = 2

export interface SwapOptions {
  readonly records: GalleryRecords
  /** As the service has it. */
  readonly collection: Collection
  readonly checkpoint: SyncCheckpoint
  /** The ids of the staged people who are to be enrolled. */
  readonly wanted: ReadonlySet<string>
  /** The ids of the people who are in the collection as the service has them. */
  readonly unchanged: readonly string[]
  /** The ids of the people who leave the collection. */
  readonly gone: readonly string[]
  /** Whether the collection is from now on as the service has it. */
  readonly complete: boolean
  /** Whether nothing is written. */
  readonly dryRun: boolean
  /** See {@link SyncOptions.mostRemovals}. */
  readonly mostRemovals: number
  readonly signal: AbortSignal
}

export interface SwapResult {
  /** The ids of the people who left the collection, and of those who stay enrolled. */
  readonly removed: string[]
  readonly kept: string[]
  /** The ids of the people who would have left it, were they not too many. */
  readonly withheld: string[]
  /**
   * Those of `wanted` and `unchanged` who were enrolled here under their id while the sync ran, and stay as they are.
   */
  readonly enrolledHere: ReadonlySet<string>
  /** Those of them who were deleted or taken out of the collection here, and come again with the next sync. */
  readonly deletedHere: ReadonlySet<string>
}

/**
 * Replaces what was there by what was staged, in one write. It is planned again where another call has changed the
 * gallery before the write.
 */
export async function swapIn(options: SwapOptions): Promise<SwapResult> {
  const { records, collection, checkpoint, dryRun, signal } = options
  for (;;) {
    signal.throwIfAborted()
    const revision = await records.revision()
    await checkpoint.look()
    const { changes, result } = await planSwap(options, await seeGallery(records, collection.id))
    if (dryRun || changes.length === 0 || (await records.apply(changes, revision))) return result
  }
}

async function planSwap(options: SwapOptions, sight: Sight): Promise<{ changes: StoreChange[]; result: SwapResult }> {
  const { checkpoint, wanted, unchanged, gone, complete, dryRun, mostRemovals } = options
  const { everybody, members, collections, marks } = sight
  const changes: StoreChange[] = []
  const known = collections.find(({ id }) => id === options.collection.id)
  const collection = collectionRecord(options.collection, known)
  if (known === undefined || !isSameCollection(known, collection)) changes.push({ kind: 'put_collection', collection })
  const enrolledHere = new Set<string>()
  const deletedHere = new Set(unchanged.filter((id) => !members.has(id)))
  if (!dryRun) for (const id of wanted) if (!checkpoint.marks.has(id)) deletedHere.add(id)
  let comeIn = 0
  for (const [id, mark] of checkpoint.marks) {
    if (mark.modelId !== options.records.model.id) {
      // Read by the previous model: the next sync reads them again.
      if (wanted.has(id)) deletedHere.add(id)
      changes.push(...checkpoint.forget(id))
      continue
    }
    const isOurs = !everybody.has(id) || marks.has(id) || members.has(id)
    if (!wanted.has(id) || !isOurs) {
      if (wanted.has(id)) enrolledHere.add(id)
      changes.push(...checkpoint.forget(id))
      continue
    }
    comeIn++
    const collectionIds = [...otherOwners(marks.get(id), collection.id, sight), collection.id]
    changes.push(checkpoint.forgetMark(id), putMark(id, { ...mark, collectionIds }))
  }
  if (comeIn > 0) changes.push({ kind: 'put_staged', area: checkpoint.area, within: [collection.id] })
  const leaving = await leaveCollection(options.records, collection.id, gone, sight)
  const areTooMany = leaving.removed.length > Math.max(alwaysRemovable, mostRemovals * members.size)
  const { removed, kept } = areTooMany ? { removed: [], kept: [] } : leaving
  const withheld = areTooMany ? leaving.removed : []
  if (!areTooMany) changes.push(...leaving.changes)
  // With a person too few or too many it is not as the service has it.
  const isWhole = complete && deletedHere.size === 0 && withheld.length === 0
  if (isWhole) changes.push({ kind: 'put_state', key: syncTimeKey(collection.id), value: new Date().toISOString() })
  return { changes, result: { removed, kept, withheld, enrolledHere, deletedHere } }
}

function isSameCollection(a: CollectionRecord, b: CollectionRecord): boolean {
  return a.name === b.name && a.description === b.description && a.createdAt === b.createdAt
}
