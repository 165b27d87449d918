import {
  syncTimeKey,
  type CollectionRecord,
  type GalleryRecords,
  type PersonRecord,
  type StoreChange,
} from '@visavis/core'
import type { SyncCheckpoint } from './sync-checkpoint.ts'
import { putMark, type SyncMark } from './sync-mark.ts'

export interface SwapOptions {
  readonly records: GalleryRecords
  readonly collection: CollectionRecord
  readonly checkpoint: SyncCheckpoint
  readonly marks: ReadonlyMap<string, SyncMark>
  /** Who is put by and is to come in. */
  readonly wanted: ReadonlySet<string>
  /** Who leaves the collection. */
  readonly gone: readonly string[]
  /** Whether the collection is from now on as the service has it. */
  readonly complete: boolean
  /** Whether nothing is written. */
  readonly dryRun: boolean
}

export interface SwapResult {
  /** Who left the collection, and of those who are enrolled all the same. */
  readonly removed: string[]
  readonly kept: string[]
  /** Who was enrolled here, under an id of the service, while the sync ran: they stay as they are. */
  readonly enrolledHere: string[]
}

/** Lets what was put by take the place of what was there, all in one. */
export async function swapIn(options: SwapOptions): Promise<SwapResult> {
  const { records, collection, checkpoint, marks, wanted, complete, dryRun } = options
  const leaving = await leaveCollection(options)
  const { removed, kept } = leaving
  if (dryRun) return { removed, kept, enrolledHere: [] }
  const { id: collectionId } = collection
  const { area } = checkpoint
  const changes: StoreChange[] = []
  const known = records.collections().find(({ id }) => id === collectionId)
  if (known === undefined || !isSameCollection(known, collection)) changes.push({ kind: 'put_collection', collection })
  let enrolledHere = new Set<string>()
  if (wanted.size > 0) {
    const settled = await settleStaged(options)
    enrolledHere = settled.enrolledHere
    changes.push({ kind: 'put_staged', area }, ...settled.changes)
  } else if (checkpoint.isUsed) {
    changes.push({ kind: 'delete_staged', area })
  }
  for (const id of wanted) {
    const mark = checkpoint.marks.get(id)
    if (mark === undefined || enrolledHere.has(id)) continue
    changes.push(putMark(id, { ...mark, collectionIds: [...otherOwners(marks.get(id), options), collectionId] }))
  }
  changes.push(...leaving.changes, ...checkpoint.forget())
  if (complete) changes.push({ kind: 'put_state', key: syncTimeKey(collectionId), value: new Date().toISOString() })
  if (changes.length > 0) await records.apply(changes)
  return { removed, kept, enrolledHere: [...enrolledHere] }
}

/** The collections, other than this one, that a person was synced with and that are still here. */
function otherOwners(mark: SyncMark | undefined, { records, collection }: SwapOptions): string[] {
  const here = new Set(records.collections().map(({ id }) => id))
  return (mark?.collectionIds ?? []).filter((id) => id !== collection.id && here.has(id))
}

/** Everybody who is put by comes in at once; this puts right those who must not, or not so. */
async function settleStaged({ records, collection, checkpoint, marks, wanted }: SwapOptions): Promise<{
  changes: StoreChange[]
  /** Those wanted who were enrolled here in the meantime. */
  enrolledHere: Set<string>
}> {
  const here = new Set(records.ids())
  const changes: StoreChange[] = []
  const enrolledHere = new Set<string>()
  const again: PersonRecord[] = []
  for await (const staged of records.staged(checkpoint.area)) {
    const { id } = staged
    const [local] = here.has(id) ? await records.persons([id]) : []
    const beside = (local?.collectionIds ?? []).filter((one) => one !== collection.id)
    // Memberships may have changed since, and collections may have been deleted.
    const collectionIds = [...beside, collection.id]
    if (!isSameSet(staged.collectionIds, collectionIds)) again.push({ ...staged, collectionIds })
    const isOurs = local === undefined || marks.has(id) || local.collectionIds.includes(collection.id)
    if (wanted.has(id) && isOurs) continue
    if (wanted.has(id)) enrolledHere.add(id)
    changes.push(local === undefined ? { kind: 'delete_person', id } : { kind: 'put_person', person: local })
  }
  if (again.length > 0) {
    await records.apply(again.map((person) => ({ kind: 'stage_person', area: checkpoint.area, person })))
  }
  return { changes, enrolledHere }
}

async function leaveCollection(options: SwapOptions): Promise<{
  changes: StoreChange[]
  removed: string[]
  kept: string[]
}> {
  const { records, collection, marks, gone } = options
  const changes: StoreChange[] = []
  const removed: string[] = []
  const kept: string[] = []
  for (const id of gone) {
    const mark = marks.get(id)
    const owners = otherOwners(mark, options)
    if (mark !== undefined)
      changes.push(putMark(id, owners.length === 0 ? undefined : { ...mark, collectionIds: owners }))
    const [local] = await records.persons([id])
    if (local === undefined) continue
    removed.push(id)
    const collectionIds = local.collectionIds.filter((one) => one !== collection.id)
    // Only who came by a sync, and is in nothing else, goes with it.
    if (mark !== undefined && owners.length === 0 && collectionIds.length === 0) {
      changes.push({ kind: 'delete_person', id })
      continue
    }
    changes.push({ kind: 'put_person', person: { ...local, collectionIds } })
    kept.push(id)
  }
  return { changes, removed, kept }
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one) => b.includes(one))
}

function isSameCollection(a: CollectionRecord, b: CollectionRecord): boolean {
  return a.name === b.name && a.description === b.description && a.createdAt === b.createdAt
}
