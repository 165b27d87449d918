import {
  inspectImageFile,
  isVisavisError,
  type ErrorCode,
  type FaceRecord,
  type GalleryRecords,
  type Person,
  type PersonRecord,
  type Thumbnail,
} from '@visavis/core'
import { toPixels, toShrunkJpeg } from '@visavis/core/kit'
import { badResponse } from '@visavis/wire'
import type { VerifikClient } from '../client/client.ts'
import { isUsableId } from './service-record.ts'
import type { SyncProblemCode } from './sync-mark.ts'

/** A picture with no more pixels a side is a face and little else, and kept as the service has it. */
const largestThumbnail = 256

/**
 * The person with their pictures, wherever the service keeps them: in lists, with them alone, or where names are looked up.
 *
 * @throws VisavisError `bad_response` where the answer about the person is about none or another one.
 */
export async function withPictures(
  person: Person,
  { persons }: Pick<VerifikClient, 'persons'>,
  signal: AbortSignal,
): Promise<Person> {
  if (person.thumbnails.length > 0) return person
  const { id, name } = person
  const alone = await persons.get(id, { signal })
  // The faces of another person would open doors to that one.
  if (alone !== null && alone.id !== id) throw badResponse('is about another person')
  if (alone !== null && alone.thumbnails.length > 0) return { ...person, thumbnails: alone.thumbnails }
  // Verifik looks up names of three letters and more.
  if (name === null || name.length > 100 || name.replace(/\d/g, '').length < 3) return person
  const named = await persons.list({ name, limit: 100, signal }).catch((error: unknown) => {
    // Not every service can look names up.
    if (isVisavisError(error, 'bad_response') || isVisavisError(error, 'bad_request')) return { persons: [] }
    throw error
  })
  const found = named.persons.find((one) => one.id === id)
  return found === undefined ? person : { ...person, thumbnails: found.thumbnails }
}

export interface ReadPictures {
  readonly faces: readonly FaceRecord[]
  /** Where none of the faces has a template. */
  readonly problem: SyncProblemCode | undefined
  /** How many pictures were shown to the recognizer. */
  readonly embedded: number
}

/**
 * What is stored of a person's pictures.
 *
 * @param local The person as they are here; what was read of a picture before is taken from them.
 */
export async function readPictures(
  { thumbnails }: Person,
  local: PersonRecord | undefined,
  records: GalleryRecords,
  signal: AbortSignal,
): Promise<ReadPictures> {
  const faces: FaceRecord[] = []
  let problem: SyncProblemCode = 'no_picture'
  let embedded = 0
  for (const thumbnail of thumbnails) {
    const known = local?.faces.find((face) => isRead(face, records) && isSame(face.thumbnail, thumbnail.image))
    const read = known === undefined ? await readFace(thumbnail, records, signal) : { face: known }
    if (known === undefined) embedded++
    if (read.face !== undefined) faces.push({ ...read.face, id: faceId(thumbnail) })
    if (read.code !== undefined) problem = read.code
  }
  if (hasTemplate(faces)) return { faces, problem: undefined, embedded }
  // Nothing came, or nothing whole: no reason to forget the face that was there.
  const isLost = problem === 'no_picture' || problem === 'invalid_image'
  return { faces: isLost && faces.length === 0 ? (local?.faces ?? []) : faces, problem, embedded }
}

/** As the service has it, where it is an id that can be kept. */
function faceId({ id }: Thumbnail): string {
  return isUsableId(id) ? id : crypto.randomUUID()
}

function hasTemplate(faces: PersonRecord['faces']): boolean {
  return faces.some(({ template }) => template.length > 0)
}

function isRead({ modelId, template }: FaceRecord, { model }: GalleryRecords): boolean {
  return modelId === model.id && template.length > 0
}

/** A face without a template is kept, for the next model; what is no picture is not. */
async function readFace(
  { id, image }: Thumbnail,
  records: GalleryRecords,
  signal: AbortSignal,
): Promise<{ face?: FaceRecord | undefined; code?: ErrorCode | undefined }> {
  try {
    const { format, width, height } = inspectImageFile(image)
    // Photographs are cut to the face, and asked of what enrolling asks.
    if (Math.max(width, height) > largestThumbnail) return { face: (await records.faces([image], signal))[0] }
    const thumbnail = format === 'jpeg' ? image : (await toShrunkJpeg(await toPixels(image), largestThumbnail)).bytes
    const unread = { id, thumbnail, modelId: '', template: new Float32Array(0) }
    const { faces, code } = await records.renewed([unread], signal)
    return { face: code === 'invalid_image' ? undefined : faces[0], code }
  } catch (error) {
    if (!isVisavisError(error) || error.name !== 'InputError') throw error
    return { code: error.code }
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
