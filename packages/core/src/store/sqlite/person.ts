import { VisavisError } from '../../errors.ts'
import { bytesOfFloats, floatsOfBytes } from '../float-bytes.ts'
import { packParts, unpackParts, type UnpackedParts } from '../packed-parts.ts'
import { checkedContent, withChecksum } from './checksum.ts'
import type { FaceRecord, PersonRecord, PersonTemplates } from '../store.ts'

type Details = Pick<PersonRecord, 'name' | 'gender' | 'dateOfBirth' | 'nationality' | 'notes'>

interface HeadValue extends Details {
  readonly faces: readonly Pick<FaceRecord, 'id' | 'modelId'>[]
}

/** What is read of each person at every start: details and templates, which are views into the bytes. */
interface Head {
  readonly details: Details
  readonly faces: readonly Omit<FaceRecord, 'thumbnail'>[]
}

/** The two parts of a person that are kept apart. */
export type PersonPart = 'head' | 'pictures'

export function packHead({ name, gender, dateOfBirth, nationality, notes, faces }: PersonRecord): Uint8Array {
  const value: HeadValue = {
    ...{ name, gender, dateOfBirth, nationality, notes },
    faces: faces.map(({ id, modelId }) => ({ id, modelId })),
  }
  return packParts(
    value,
    faces.map(({ template }) => bytesOfFloats(template)),
  )
}

export function packPictures({ faces }: PersonRecord): Uint8Array {
  return packParts(
    {},
    faces.map(({ thumbnail }) => thumbnail),
  )
}

/** Packed as above, bound to the person: exchanged with another's it is not taken for theirs. */
export function guarded(part: PersonPart, personId: string, packed: Uint8Array): Uint8Array {
  return withChecksum(packed, ownerOf(part, personId))
}

/** @throws VisavisError `store_corrupt` */
export function decodeDetails(personId: string, head: Uint8Array | undefined): Details {
  return decodeHead(personId, head).details
}

/** @throws VisavisError `store_corrupt` */
export function decodeTemplates(
  personId: string,
  collectionIds: readonly string[],
  head: Uint8Array | undefined,
): PersonTemplates {
  const faces = decodeHead(personId, head).faces.map(({ modelId, template }) => ({ modelId, template }))
  return { personId, collectionIds, faces }
}

/** All that is in the two parts. @throws VisavisError `store_corrupt` */
export function decodePerson(
  personId: string,
  head: Uint8Array | undefined,
  pictures: Uint8Array | undefined,
): Details & Pick<PersonRecord, 'faces'> {
  const { details, faces } = decodeHead(personId, head)
  const { parts } = unpacked('pictures', personId, pictures)
  if (parts.length !== faces.length) throw damagedPerson()
  const whole = faces.map(({ id, modelId, template }, i): FaceRecord => {
    // Copies, so that a caller does not hold the person's other data through a picture's buffer.
    return { id, thumbnail: new Uint8Array(parts[i] as Uint8Array), modelId, template: template.slice() }
  })
  return { ...details, faces: whole }
}

function decodeHead(personId: string, bytes: Uint8Array | undefined): Head {
  const head = unpacked('head', personId, bytes)
  const value = head.value as Partial<HeadValue> | null | undefined
  if (!Array.isArray(value?.faces) || value.faces.length !== head.parts.length) throw damagedPerson()
  const { name, gender, dateOfBirth, nationality, notes } = value as HeadValue
  const faces = (value as HeadValue).faces.map(({ id, modelId }, i) => {
    const template = head.parts[i] as Uint8Array
    if (template.byteLength % 4 !== 0) throw damagedPerson()
    return { id, modelId, template: floatsOfBytes(template) }
  })
  return { details: { name, gender, dateOfBirth, nationality, notes }, faces }
}

function unpacked(part: PersonPart, personId: string, bytes: Uint8Array | undefined): UnpackedParts {
  const content = bytes && checkedContent(bytes, ownerOf(part, personId))
  const parts = content && unpackParts(content)
  if (parts === undefined) throw damagedPerson()
  return parts
}

function ownerOf(part: PersonPart, personId: string): string {
  return `${part} ${personId}`
}

function damagedPerson(): VisavisError {
  return new VisavisError(
    'store_corrupt',
    'The store holds a person who is damaged; restore a copy of it, or take out who is damaged, with visavis check --repair or deleteDamaged() of sqliteStore, and enroll them anew.',
  )
}
