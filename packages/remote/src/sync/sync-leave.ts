import type { CollectionRecord, GalleryRecords, StoreChange } from '@visavis/core'
import { putMark, readMarks, type SyncMark } from './sync-mark.ts'

/** The state of the gallery at one moment, as far as it concerns a collection. */
export interface Sight {
  readonly everybody: ReadonlySet<string>
  /** Of the collection. */
  readonly members: ReadonlySet<string>
  readonly collections: readonly CollectionRecord[]
  readonly marks: ReadonlyMap<string, SyncMark>
}

export async function seeGallery(records: GalleryRecords, collectionId: string): Promise<Sight> {
  const collections = await records.collections()
  const isHere = collections.some(({ id }) => id === collectionId)
  return {
    everybody: new Set(await records.ids()),
    members: new Set(isHere ? await records.ids(collectionId) : []),
    collections,
    marks: await readMarks(records),
  }
}

/** The collections, other than this one, that a person was synced with and that are still here. */
export function otherOwners(mark: SyncMark | undefined, collectionId: string, { collections }: Sight): string[] {
  const here = new Set(collections.map(({ id }) => id))
  return (mark?.collectionIds ?? []).filter((id) => id !== collectionId && here.has(id))
}

export interface Leaving {
  readonly changes: StoreChange[]
  /** The ids of the people who leave the collection, and of those who stay enrolled. */
  readonly removed: string[]
  readonly kept: string[]
}

/** Takes people out of a collection. Deletes only people who came by a sync and are in no other collection. */
export async function leaveCollection(
  records: GalleryRecords,
  collectionId: string,
  gone: Iterable<string>,
  sight: Sight,
): Promise<Leaving> {
  const changes: StoreChange[] = []
  const removed: string[] = []
  const kept: string[] = []
  for (const id of gone) {
    const [local] = await records.persons([id])
    if (local === undefined) continue
    removed.push(id)
    const mark = sight.marks.get(id)
    const owners = otherOwners(mark, collectionId, sight)
    const collectionIds = local.collectionIds.filter((one) => one !== collectionId)
    if (mark !== undefined && owners.length === 0 && collectionIds.length === 0) {
      changes.push({ kind: 'delete_person', id })
      continue
    }
    if (mark !== undefined) {
      changes.push(putMark(id, owners.length === 0 ? undefined : { ...mark, collectionIds: owners }))
    }
    changes.push({ kind: 'put_person', person: { ...local, collectionIds } })
    kept.push(id)
  }
  return { changes, removed, kept }
}
