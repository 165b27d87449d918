import { isVisavisError, type ErrorCode } from '../errors.ts'
import type { FaceRecord, PersonRecord } from '../store/store.ts'
import { abortSignal, callback, optional, type OptionShape } from '../values/option-shape.ts'
import { templateFault } from '../template.ts'
import type { FaceReader } from './face-reader.ts'
import type { Gallery } from './gallery.ts'

export interface ReembedOptions {
  /** Stops between two people; those done so far stay done. */
  signal?: AbortSignal
  /** After each person: how many are done, and how many there were to do. */
  onProgress?: (progress: { people: number; total: number }) => void
}

export const reembedOptions: OptionShape<ReembedOptions> = {
  signal: optional(abortSignal),
  onProgress: optional(callback),
}

/** A person whose thumbnails give no template of this model: they stay enrolled, and no search finds them. */
export interface ReembedFailure {
  personId: string
  /** Of the last thumbnail: why. */
  code: ErrorCode
}

export interface ReembedReport {
  /** How many people have templates of this model now that had not before. */
  people: number
  /** People without a new template: give them new pictures with `persons.update`, or delete them. */
  failed: ReembedFailure[]
}

/** How many people are read at once, so that a pool of recognizers is busy. */
const atOnce = 4

/** Makes templates of this model from the thumbnails of every person who has others, person by person. */
export async function reembed(
  gallery: Gallery,
  reader: FaceReader,
  { signal, onProgress }: ReembedOptions,
): Promise<ReembedReport> {
  const waiting = gallery.held.people.outdated()
  const total = waiting.length
  const report: ReembedReport = { people: 0, failed: [] }
  let done = 0
  await reembedAll(waiting, async (id) => {
    gallery.check(signal)
    const [person] = await gallery.held.store.persons([id])
    if (person === undefined) return
    const { faces, code } = await renewFaces(person, reader, signal)
    if (await replaceFaces(gallery, person, faces)) {
      if (faces.some(({ template }) => template.length > 0)) report.people++
      else if (code !== undefined) report.failed.push({ personId: id, code })
    }
    done++
    onProgress?.({ people: done, total })
  })
  await gallery.finishErasing()
  return report
}

/** Runs the work for each of the people, several at once, and rejects only when none is running any more. */
export async function reembedAll(ids: readonly string[], work: (id: string) => Promise<void>): Promise<void> {
  const waiting = [...ids]
  const workers = Array.from({ length: atOnce }, async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await work(id)
  })
  for (const worker of await Promise.allSettled(workers)) if (worker.status === 'rejected') throw worker.reason
}

/**
 * A person's faces with templates of this model; of a thumbnail that gives none, with an empty one, so that it is kept for
 * the next model. `code` says why.
 */
export async function renewFaces(
  { faces }: Pick<PersonRecord, 'faces'>,
  reader: FaceReader,
  signal: AbortSignal | undefined,
): Promise<{ faces: FaceRecord[]; code: ErrorCode | undefined }> {
  const { id: modelId, dimensions } = reader.recognizer.model
  const renewed: FaceRecord[] = []
  let code: ErrorCode | undefined
  for (const face of faces) {
    try {
      const isCurrent = face.modelId === modelId && templateFault(face.template, dimensions) === undefined
      renewed.push(isCurrent ? face : await reader.renewed(face, signal))
    } catch (error) {
      // Such as no_face. An error of the recognizer, and not of the picture, ends the whole run.
      if (!isVisavisError(error) || error.name !== 'InputError') throw error
      code = error.code
      renewed.push({ ...face, modelId, template: new Float32Array(0) })
    }
  }
  return { faces: renewed, code }
}

/** Whether it did; a person who has changed meanwhile is left as they are. */
async function replaceFaces(gallery: Gallery, before: PersonRecord, faces: FaceRecord[]): Promise<boolean> {
  return gallery.write(async ({ store }) => {
    const [now] = await store.persons([before.id])
    if (now === undefined || !isSameFaces(now.faces, before.faces)) return { changes: [], answer: () => false }
    return {
      changes: [{ kind: 'put_person', person: { ...now, faces } }],
      // Erased once at the end, which takes the store much less time.
      erase: false,
      answer: () => true,
    }
  })
}

/** Whether the faces are the same ones, of the same pictures. */
export function isSameFaces(a: readonly FaceRecord[], b: readonly FaceRecord[]): boolean {
  return a.length === b.length && a.every((face, i) => isSameFace(face, b[i] as FaceRecord))
}

function isSameFace(a: FaceRecord, b: FaceRecord): boolean {
  const isSamePicture =
    a.thumbnail.length === b.thumbnail.length && a.thumbnail.every((byte, i) => byte === b.thumbnail[i])
  return a.id === b.id && a.modelId === b.modelId && isSamePicture
}
