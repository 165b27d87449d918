import { bytesOfFloats, floatsOfBytes } from '../store/float-bytes.ts'
import { packParts, unpackParts } from '../store/packed-parts.ts'
import type { FaceRecord, PersonRecord } from '../store/store.ts'
import type { RecognitionModel } from '../recognition/recognizer.ts'
import { templateFault } from '../template.ts'
import { damaged } from './collection-file.ts'

/** Of a person in a file the JSON; the parts are each face's thumbnail and template. */
interface PersonValue extends Omit<PersonRecord, 'faces'> {
  readonly faces: readonly Pick<FaceRecord, 'id' | 'modelId'>[]
}

export function encodePerson(person: PersonRecord): Uint8Array {
  const value: PersonValue = { ...person, faces: person.faces.map(({ id, modelId }) => ({ id, modelId })) }
  const parts = person.faces.flatMap(({ thumbnail, template }) => [thumbnail, bytesOfFloats(template)])
  return packParts(value, parts)
}

/**
 * @param model Whose templates' length is known.
 * @throws VisavisError `store_corrupt`, also where a template is none
 */
export function decodePerson(bytes: Uint8Array, model: Pick<RecognitionModel, 'id' | 'dimensions'>): PersonRecord {
  const { value, parts } = unpackParts(bytes) ?? { value: null, parts: [] }
  if (!isPersonValue(value) || parts.length !== 2 * value.faces.length) throw damaged()
  const faces = value.faces.map(({ id, modelId }, i): FaceRecord => {
    const [thumbnail, template] = parts.slice(2 * i, 2 * i + 2).map((part) => new Uint8Array(part)) as [
      Uint8Array,
      Uint8Array,
    ]
    if (typeof id !== 'string' || typeof modelId !== 'string' || template.byteLength % 4 !== 0) throw damaged()
    const values = floatsOfBytes(template)
    if (templateFault(values, modelId === model.id ? model.dimensions : undefined) !== undefined) throw damaged()
    return { id, modelId, thumbnail, template: values }
  })
  const { id, name, gender, dateOfBirth, nationality, notes, collectionIds, createdAt, modifiedAt } = value
  return { id, name, gender, dateOfBirth, nationality, notes, collectionIds, createdAt, modifiedAt, faces }
}

function isPersonValue(value: unknown): value is PersonValue {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, gender, dateOfBirth, nationality, notes, collectionIds, createdAt, modifiedAt, faces } =
    value as Partial<PersonValue>
  const texts = [name, dateOfBirth, nationality, notes]
  return (
    typeof id === 'string' &&
    id !== '' &&
    texts.every((text) => text === null || typeof text === 'string') &&
    (gender === null || gender === 'M' || gender === 'F') &&
    typeof createdAt === 'string' &&
    typeof modifiedAt === 'string' &&
    Array.isArray(collectionIds) &&
    collectionIds.every((collection) => typeof collection === 'string') &&
    Array.isArray(faces)
  )
}
