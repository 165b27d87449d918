import type { FaceRecord, PersonRecord } from '@visavis/core'
import { toPixels, toShrunkJpeg } from '@visavis/core/kit'
import { emptyPicture, pictureOf, templateOf } from '../support/color-recognizer.ts'
import type { Details } from './gallery-model.ts'
import type { ApplyChange, PersonStep } from './step.ts'

export function picture(number: number | null): ReturnType<typeof pictureOf> {
  return number === null ? emptyPicture : pictureOf(number)
}

export function requestOf({ notes, dateOfBirth, numbers, collections }: Details): object & { images: never } {
  return {
    ...(notes !== undefined && { notes }),
    ...(dateOfBirth !== undefined && { dateOfBirth }),
    ...(collections !== undefined && { collections }),
    ...(numbers !== undefined && { images: numbers.map(picture) }),
  } as never
}

const thumbnails = new Map<number | null, Promise<Uint8Array>>()

function thumbnailOf(number: number | null): Promise<Uint8Array> {
  const made =
    thumbnails.get(number) ?? toPixels(picture(number)).then(async (pixels) => (await toShrunkJpeg(pixels, 256)).bytes)
  thumbnails.set(number, made)
  return made
}

export function facesOf(numbers: readonly (number | null)[], modelId: string): Promise<FaceRecord[]> {
  return Promise.all(
    numbers.map(async (number, i) => ({
      id: `face-${i}`,
      thumbnail: await thumbnailOf(number),
      modelId,
      template: number === null ? new Float32Array(0) : templateOf(number, modelId),
    })),
  )
}

export function recordOf(
  { id, name, notes, dateOfBirth, collections }: PersonStep | (Omit<PersonStep, 'id'> & { id: string }),
  faces: FaceRecord[],
): PersonRecord {
  const time = '2026-03-09T07:15:00.000Z'
  const more = { gender: null, nationality: null, collectionIds: collections, createdAt: time, modifiedAt: time }
  return { id, name, notes, dateOfBirth, ...more, faces }
}

export function spoiled(
  template: Float32Array,
  how: Extract<ApplyChange, { kind: 'bad_template' }>['spoil'],
): Float32Array {
  if (how === 'short') return template.subarray(1)
  if (how === 'long') return Float32Array.of(...template, 0)
  if (how === 'not_unit') return template.map((value) => value * 1000)
  return Float32Array.from(template, (value, i) =>
    i === 5 ? (how === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY) : value,
  )
}
