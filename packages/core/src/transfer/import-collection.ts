import { VisavisError } from '../errors.ts'
import type { GalleryRecords } from '../gallery/gallery-records.ts'
import { importArea, importCleared, importKey } from '../gallery/import-area.ts'
import type { ReembedFailure } from '../gallery/reembed.ts'
import { passphraseCheck } from '../store/encrypted/sealing.ts'
import { collectionFault, personFault } from '../store/record-fault.ts'
import type { CollectionRecord, PersonRecord, StoreChange } from '../store/store.ts'
import { abortSignal, callback, checkOptions, optional, type OptionShape } from '../values/option-shape.ts'
import { damaged, frameKinds, fromJson, type FileEnd } from './collection-file.ts'
import { FrameReader } from './frame-reader.ts'
import { decodePerson } from './person-frame.ts'

export interface ImportOptions {
  /** What the file was encrypted with. With it, only an encrypted file is taken. */
  passphrase?: string
  signal?: AbortSignal
  /** After each person: how many were read. */
  onProgress?: (progress: { people: number }) => void
}

const importOptions: OptionShape<ImportOptions> = {
  passphrase: optional(passphraseCheck),
  signal: optional(abortSignal),
  onProgress: optional(callback),
}

export interface ImportReport {
  people: number
  /** How many of them were enrolled before, and are as in the file now. */
  replaced: number
  /** How many had templates of another model, and have some of this model now, made of their thumbnails. */
  reembedded: number
  /**
   * People who had templates of another model, and whose thumbnails give none of this: they are enrolled, and never
   * found.
   */
  failed: ReembedFailure[]
  /** The file's collections. */
  collections: { id: string; name: string }[]
}

/** How many people are staged by one write. */
const batchSize = 50

const importing = new WeakSet<GalleryRecords>()

/**
 * Imports a file of `exportCollection`: its collections where none has their ids, and its people, who replace those
 * with their ids and stay in the other collections they were in. All of the file or nothing: no search sees any of it
 * before its checksum is verified.
 *
 * @param gallery The matcher, or another owner of its records.
 * @throws VisavisError `store_corrupt` where the file is damaged, `store_version`, `store_key`, `invalid_option` while
 * another import runs, `gallery_full`, other `store_*`, `worker_crashed`; the signal's reason where it is aborted
 */
export async function importCollection(
  { records }: { readonly records: GalleryRecords },
  file: AsyncIterable<Uint8Array>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  checkOptions('options', importOptions, options)
  if (typeof file?.[Symbol.asyncIterator] !== 'function') {
    throw new VisavisError('invalid_option', 'file must be an async iterable of bytes, such as exportCollection gives.')
  }
  if (importing.has(records)) {
    throw new VisavisError('invalid_option', 'Another import runs; wait for its end.')
  }
  importing.add(records)
  try {
    return await takeIn(records, file, options)
  } catch (error) {
    // Where that fails, too, opening the store does it.
    await records.apply(importCleared).catch(() => undefined)
    throw error
  } finally {
    importing.delete(records)
  }
}

async function takeIn(
  records: GalleryRecords,
  file: AsyncIterable<Uint8Array>,
  { passphrase, signal, onProgress }: ImportOptions,
): Promise<ImportReport> {
  const reader = new FrameReader(file, passphrase)
  await reader.header()
  const collections = readCollections(await reader.frame())
  const known = new Set(collections.map(({ id }) => id))
  const report: ImportReport = {
    people: 0,
    replaced: 0,
    reembedded: 0,
    failed: [],
    collections: collections.map(({ id, name }) => ({ id, name })),
  }
  let batch: PersonRecord[] = []
  const stage = async (): Promise<void> => {
    await records.apply(batch.map((person) => ({ kind: 'stage_person', area: importArea, person })))
    batch = []
  }
  const run = crypto.randomUUID()
  await records.apply([{ kind: 'put_state', key: importKey, value: run }])
  const before = new Set(await records.ids())
  let frame = await reader.frame()
  for (; frame.kind === frameKinds.person; frame = await reader.frame()) {
    signal?.throwIfAborted()
    const person = decodePerson(frame.content, records.model)
    checkRecord(personFault(person))
    if (!person.collectionIds.every((id) => known.has(id))) throw damaged()
    batch.push(await current(records, person, report, signal))
    if (batch.length === batchSize) await stage()
    report.people++
    if (before.has(person.id)) report.replaced++
    onProgress?.({ people: report.people })
  }
  const end = fromJson(frame.content) as Partial<FileEnd> | null
  if (frame.kind !== frameKinds.end || end?.people !== report.people) throw damaged()
  await reader.finish()
  await stage()
  signal?.throwIfAborted()
  await putInPlace(records, collections, run)
  return report
}

/** Puts all staged people at once, and creates the collections that do not exist. */
async function putInPlace(
  records: GalleryRecords,
  collections: readonly CollectionRecord[],
  run: string,
): Promise<void> {
  for (;;) {
    const revision = await records.revision()
    const there = new Set((await records.collections()).map(({ id }) => id))
    // Reopening the store discards what was staged before: the rest alone would pass for the whole file.
    if ((await records.state(importKey)) !== run) {
      throw new VisavisError(
        'worker_crashed',
        'The worker with the store was started anew while the file was read, so nothing of it was taken in; import it again.',
      )
    }
    const missing = collections.filter(({ id }) => !there.has(id))
    const changes: StoreChange[] = [
      ...missing.map((collection): StoreChange => ({ kind: 'put_collection', collection })),
      // In other collections than the file's, people stay as they are.
      { kind: 'put_staged', area: importArea, within: collections.map(({ id }) => id) },
      { kind: 'delete_state', key: importKey },
    ]
    if (await records.apply(changes, revision)) return
  }
}

/** The person with templates of this gallery's model. */
async function current(
  { model, renewed }: GalleryRecords,
  person: PersonRecord,
  report: ImportReport,
  signal: AbortSignal | undefined,
): Promise<PersonRecord> {
  if (person.faces.every(({ modelId }) => modelId === model.id)) return person
  const { faces, code } = await renewed(person.faces, signal)
  if (faces.some(({ template }) => template.length > 0)) report.reembedded++
  else if (code !== undefined) report.failed.push({ personId: person.id, code })
  return { ...person, faces }
}

function readCollections({ kind, content }: { kind: number; content: Uint8Array }): CollectionRecord[] {
  const collections = fromJson(content)
  if (kind !== frameKinds.collections || !Array.isArray(collections)) throw damaged()
  return collections.map((collection: Partial<CollectionRecord> | null) => {
    const { id, name, description, createdAt, modifiedAt } = collection ?? {}
    const record = { id, name, description, createdAt, modifiedAt } as CollectionRecord
    checkRecord(collectionFault(record))
    return record
  })
}

/** @throws VisavisError `store_corrupt` */
function checkRecord(fault: string | undefined): void {
  if (fault === undefined) return
  throw new VisavisError('store_corrupt', `The export has a record that cannot be kept: ${fault}. Nothing was changed.`)
}
