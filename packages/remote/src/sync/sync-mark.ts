import { sha256 } from '@visavis/core/kit'
import { syncNoteKey, type ErrorCode, type GalleryRecords, type Person, type StoreChange } from '@visavis/core'

/**
 * Why a person is not found as the service has them: the code of the error that their last picture gave or that there is
 * none; or what is wrong with the service's record of them.
 */
export type SyncProblemCode = ErrorCode | 'no_picture' | 'invalid_record' | 'another_collection'

/** What a sync brought of a person, kept beside them: a person without one was enrolled on this device. */
export interface SyncMark {
  /** Digests of what the service said of the person, and of their pictures. */
  readonly details: string
  readonly pictures: string
  /** Of the person as they were stored: a change on this device changes it. */
  readonly modifiedAt: string
  /** The model that the pictures were read with. */
  readonly modelId: string
  /** The collections that the person came with. */
  readonly collectionIds: readonly string[]
  /** Where there is no template of the person. */
  readonly problem?: SyncProblemCode
}

export async function readMarks(records: GalleryRecords): Promise<Map<string, SyncMark>> {
  const prefix = syncNoteKey('')
  const states = await records.states(prefix)
  return new Map(states.map(([key, value]) => [key.slice(prefix.length), JSON.parse(value) as SyncMark]))
}

/** @param mark Without one nothing is kept any more. */
export function putMark(personId: string, mark?: SyncMark): StoreChange {
  const key = syncNoteKey(personId)
  return mark === undefined ? { kind: 'delete_state', key } : { kind: 'put_state', key, value: JSON.stringify(mark) }
}

/** The digests of a person as the service describes them. */
export async function digestsOf(person: Person): Promise<Pick<SyncMark, 'details' | 'pictures'>> {
  const { name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt, thumbnails } = person
  const details = [name, gender, dateOfBirth, nationality, notes, createdAt, modifiedAt]
  const pictures: string[] = []
  for (const { id, image } of thumbnails) pictures.push(id, await sha256(image))
  return { details: await sha256(toBytes(details)), pictures: await sha256(toBytes(pictures)) }
}

function toBytes(texts: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(texts))
}
