import { VisavisError } from '../../errors.ts'
import { sealVersion, type DataKey } from './encryption-header.ts'
import { bytesOfFloats, floatsOfBytes } from '../float-bytes.ts'
import { fromBase64, seal, toBase64, unseal } from './sealing.ts'
import type { FaceRecord, PersonRecord, PersonTemplates } from '../store.ts'

type Details = Pick<PersonRecord, 'name' | 'gender' | 'dateOfBirth' | 'nationality' | 'notes'>

/** Before what is sealed: the generation of its key, in four bytes so that a sealed template has whole floats. */
const headBytes = 4

/**
 * Seals the fields of records and opens them, in the shape of records: the details together as text in `notes`, a
 * thumbnail as bytes, a template as the floats its bytes happen to be.
 */
export class RecordSealer {
  /** The last one seals; all open. */
  readonly keys: readonly DataKey[]
  /** For what was read a moment before the last record was sealed anew. */
  readonly #retired: readonly DataKey[]
  /** All of both, by their generation. */
  readonly #opening: ReadonlyMap<number, CryptoKey>

  constructor(keys: readonly DataKey[], before?: RecordSealer) {
    this.keys = keys
    const known = before === undefined ? [] : [...before.keys, ...before.#retired]
    this.#retired = known.filter(({ generation }) => keys.every((key) => key.generation !== generation))
    this.#opening = new Map([...this.#retired, ...keys].map(({ generation, key }) => [generation, key]))
  }

  async sealPerson(person: PersonRecord): Promise<PersonRecord> {
    const { name, gender, dateOfBirth, nationality, notes } = person
    const text = new TextEncoder().encode(JSON.stringify({ name, gender, dateOfBirth, nationality, notes }))
    const faces = person.faces.map(async (face, position): Promise<FaceRecord> => {
      const [thumbnail, template] = await Promise.all([
        this.#seal(face.thumbnail, thumbnailContext(person.id, position)),
        this.#seal(bytesOfFloats(face.template), templateContext(person.id, position, face.modelId)),
      ])
      return { ...face, thumbnail, template: floatsOfBytes(template) }
    })
    const [notesBox, sealed] = await Promise.all([this.#seal(text, detailsContext(person.id)), Promise.all(faces)])
    return {
      ...person,
      name: null,
      gender: null,
      dateOfBirth: null,
      nationality: null,
      notes: toBase64(notesBox),
      faces: sealed,
    }
  }

  async openPerson(person: PersonRecord): Promise<PersonRecord> {
    const faces = person.faces.map(async (face, position): Promise<FaceRecord> => {
      const [thumbnail, template] = await Promise.all([
        this.#open(face.thumbnail, thumbnailContext(person.id, position)),
        this.#openTemplate(person.id, position, face),
      ])
      return { ...face, thumbnail, template }
    })
    // Awaited together: a failure of one alone would be an unhandled rejection.
    const [opened, details] = await Promise.all([Promise.all(faces), this.openDetails(person)])
    return { ...person, ...details, faces: opened }
  }

  async openDetails({ id, notes }: PersonRecord): Promise<Details> {
    const text = await this.#open(fromBase64(notes ?? ''), detailsContext(id))
    return JSON.parse(new TextDecoder().decode(text)) as Details
  }

  async openTemplates(people: readonly PersonTemplates[]): Promise<PersonTemplates[]> {
    const opening = people.flatMap(({ personId, faces }) =>
      faces.map((face, position) => this.#openTemplate(personId, position, face)),
    )
    const templates = (await Promise.all(opening)).values()
    return people.map(({ personId, collectionIds, faces }) => ({
      personId,
      collectionIds,
      faces: faces.map(({ modelId }) => ({ modelId, template: templates.next().value as Float32Array })),
    }))
  }

  async sealState(key: string, text: string): Promise<string> {
    return toBase64(await this.#seal(new TextEncoder().encode(text), stateContext(key)))
  }

  async openState(key: string, sealed: string): Promise<string> {
    return new TextDecoder().decode(await this.#open(fromBase64(sealed), stateContext(key)))
  }

  sealSnapshot(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#seal(bytes, snapshotContext)
  }

  /** `undefined` where it is not one that was sealed here: a snapshot can be made anew. */
  async openSnapshot(sealed: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#open(sealed, snapshotContext).catch(() => undefined)
  }

  /** Whether a part of a sealed person is sealed with another key than the last. */
  isOld({ notes, faces }: PersonRecord): boolean {
    const boxes = faces.flatMap(({ thumbnail, template }) => [thumbnail, bytesOfFloats(template)])
    return [fromBase64(notes ?? ''), ...boxes].some((box) => box?.[0] !== this.#current.generation)
  }

  get #current(): DataKey {
    return this.keys.at(-1) as DataKey
  }

  async #seal(bytes: Uint8Array, context: string): Promise<Uint8Array<ArrayBuffer>> {
    const { generation, key } = this.#current
    const box = await seal(key, bytes, context)
    const sealed = new Uint8Array(headBytes + box.byteLength)
    sealed[0] = generation
    sealed.set(box, headBytes)
    return sealed
  }

  async #openTemplate(
    personId: string,
    position: number,
    { modelId, template }: Pick<FaceRecord, 'modelId' | 'template'>,
  ): Promise<Float32Array> {
    const context = templateContext(personId, position, modelId)
    return floatsOfBytes(await this.#open(bytesOfFloats(template), context))
  }

  async #open(sealed: Uint8Array | undefined, context: string): Promise<Uint8Array<ArrayBuffer>> {
    const key = this.#opening.get(sealed?.[0] ?? -1)
    const bytes = key && sealed && (await unseal(key, sealed.subarray(headBytes), context))
    if (bytes !== undefined) return bytes
    throw new VisavisError(
      'store_corrupt',
      'The store holds an encrypted record that was changed or moved; restore a copy, or import an export.',
    )
  }
}

const snapshotContext = JSON.stringify([sealVersion, 'snapshot'])

function detailsContext(personId: string): string {
  return JSON.stringify([sealVersion, 'person', personId, 'details'])
}

function stateContext(key: string): string {
  return JSON.stringify([sealVersion, 'state', key])
}

function thumbnailContext(personId: string, position: number): string {
  return JSON.stringify([sealVersion, 'person', personId, 'thumbnail', position])
}

function templateContext(personId: string, position: number, modelId: string): string {
  return JSON.stringify([sealVersion, 'person', personId, 'template', position, modelId])
}
