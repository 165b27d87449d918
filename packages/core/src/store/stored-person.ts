import { VisavisError } from '../errors.ts'
import { packParts, unpackParts } from './packed-parts.ts'
import type { FaceRecord, PersonRecord, PersonTemplates } from './store.ts'

type Details = Pick<PersonRecord, 'name' | 'gender' | 'dateOfBirth' | 'nationality' | 'notes'>

interface HeadValue extends Details {
  readonly faces: readonly Pick<FaceRecord, 'id' | 'modelId'>[]
}

/** What is read of everybody at each start: details and templates. */
export interface Head {
  readonly details: Details
  readonly faces: readonly Omit<FaceRecord, 'thumbnail'>[]
}

export function encodeHead({ name, gender, dateOfBirth, nationality, notes, faces }: PersonRecord): Uint8Array {
  const value: HeadValue = {
    ...{ name, gender, dateOfBirth, nationality, notes },
    faces: faces.map(({ id, modelId }) => ({ id, modelId })),
  }
  const templates = faces.map(
    ({ template: { buffer, byteOffset, byteLength } }) => new Uint8Array(buffer, byteOffset, byteLength),
  )
  return packParts(value, templates)
}

/** @throws VisavisError `store_corrupt` */
export function decodeHead(bytes: Uint8Array | undefined): Head {
  const unpacked = bytes && unpackParts(bytes)
  const value = unpacked?.value as Partial<HeadValue> | null | undefined
  if (!Array.isArray(value?.faces) || value.faces.length !== unpacked?.parts.length) throw damagedPerson()
  const { name, gender, dateOfBirth, nationality, notes } = value as HeadValue
  const faces = (value as HeadValue).faces.map(({ id, modelId }, i) => {
    const template = unpacked.parts[i] as Uint8Array<ArrayBuffer>
    if (template.byteLength % 4 !== 0) throw damagedPerson()
    return { id, modelId, template: new Float32Array(template.buffer) }
  })
  return { details: { name, gender, dateOfBirth, nationality, notes }, faces }
}

export function toTemplates(personId: string, collectionIds: readonly string[], { faces }: Head): PersonTemplates {
  return { personId, collectionIds, faces: faces.map(({ modelId, template }) => ({ modelId, template })) }
}

export function encodePictures({ faces }: PersonRecord): Uint8Array {
  return packParts(
    {},
    faces.map(({ thumbnail }) => thumbnail),
  )
}

/** @throws VisavisError `store_corrupt` */
export function withPictures({ faces }: Head, bytes: Uint8Array | undefined): FaceRecord[] {
  const thumbnails = bytes && unpackParts(bytes)?.parts
  if (thumbnails?.length !== faces.length) throw damagedPerson()
  return faces.map((face, i) => ({ ...face, thumbnail: thumbnails[i] as Uint8Array }))
}

function damagedPerson(): VisavisError {
  return new VisavisError(
    'store_corrupt',
    'The store holds a person who is damaged; restore a copy, or import an export.',
  )
}
