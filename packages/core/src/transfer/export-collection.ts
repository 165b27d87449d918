import type { GalleryRecords } from '../gallery/gallery-records.ts'
import { idReference } from '../options.ts'
import { newDerivation, passphraseCheck, seal, toKey } from '../store/encrypted/sealing.ts'
import { abortSignal, callback, checkOptions, optional, type OptionShape } from '../values/option-shape.ts'
import {
  chained,
  encodeFrame,
  formatVersion,
  frameContext,
  frameKinds,
  magic,
  toJson,
  type FileEnd,
  type FileHeader,
  type FrameKind,
} from './collection-file.ts'
import { encodePerson } from './person-frame.ts'

export interface ExportOptions {
  /** @default all people and collections */
  collectionId?: string
  /** Encrypts the file: PBKDF2 with SHA-256 and AES-256-GCM. @default the file is readable without one */
  passphrase?: string
  signal?: AbortSignal
  /** After each person: how many are written of how many there were at the start. */
  onProgress?: (progress: { people: number; total: number }) => void
}

const exportOptions: OptionShape<ExportOptions> = {
  collectionId: optional(idReference),
  passphrase: optional(passphraseCheck),
  signal: optional(abortSignal),
  onProgress: optional(callback),
}

/** How many people are read at once. */
const batchSize = 50

/**
 * A collection as one file, chunk by chunk: people with thumbnails and templates, the model's id, a checksum. Each
 * person is as they were at one moment; a person who is enrolled while the file is written is not in it.
 *
 * @param gallery The matcher, or another owner of its records.
 * @throws VisavisError `collection_not_found`, `invalid_option`, `store_*`, `matcher_closed`
 */
export async function* exportCollection(
  { records }: { readonly records: GalleryRecords },
  options: ExportOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  checkOptions('options', exportOptions, options)
  const { collectionId, passphrase, signal, onProgress } = options
  const ids = await records.ids(collectionId)
  const known = await records.collections()
  const collections = known.filter(({ id }) => collectionId === undefined || id === collectionId)
  const exported = new Set(collections.map(({ id }) => id))
  const encryption = passphrase === undefined ? null : newDerivation()
  const key = encryption && (await toKey({ passphrase: passphrase as string }, encryption))
  let place = 0
  let hash: Uint8Array = magic
  const frame = async (kind: FrameKind, content: Uint8Array): Promise<Uint8Array<ArrayBuffer>> => {
    const isSealed = key !== null && encryption !== null && kind !== frameKinds.header
    const written = isSealed ? await seal(key, content, frameContext(encryption, place, kind)) : content
    const bytes = encodeFrame({ kind, content: written })
    place++
    hash = await chained(hash, bytes)
    return bytes
  }

  const createdAt = new Date().toISOString()
  const header: FileHeader = { format: formatVersion, createdAt, model: records.model.id, encryption }
  yield magic.slice()
  yield frame(frameKinds.header, toJson(header))
  yield frame(frameKinds.collections, toJson(collections))
  let people = 0
  for (let i = 0; i < ids.length; i += batchSize) {
    signal?.throwIfAborted()
    for (const person of await records.persons(ids.slice(i, i + batchSize))) {
      const collectionIds = person.collectionIds.filter((id) => exported.has(id))
      yield frame(frameKinds.person, encodePerson({ ...person, collectionIds }))
      people++
      onProgress?.({ people, total: ids.length })
    }
  }
  const end: FileEnd = { people }
  yield frame(frameKinds.end, toJson(end))
  yield new Uint8Array(hash)
}
