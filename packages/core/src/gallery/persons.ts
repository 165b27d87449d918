import { VisavisError } from '../errors.ts'
import {
  checkCallOptions,
  checkHeldId,
  checkId,
  checkListOptions,
  checkNewPerson,
  checkPersonChanges,
} from '../options.ts'
import type {
  CallOptions,
  ListPersonsOptions,
  NewPerson,
  Person,
  PersonChanges,
  PersonPage,
  Persons,
} from '../searcher.ts'
import { moved } from '../store/memberships.ts'
import type { FaceRecord, MembershipChange, PersonRecord } from '../store/store.ts'
import { describePerson } from './describe-person.ts'
import type { FaceReader } from './face-reader.ts'
import type { Gallery } from './gallery.ts'
import { newPersonId } from './ids.ts'
import { ModelChanged, withOneModel } from './model-changed.ts'
import { personNotFound } from './not-found.ts'

export class GalleryPersons implements Persons {
  readonly #gallery: Gallery
  readonly #reader: FaceReader

  constructor(gallery: Gallery, reader: FaceReader) {
    this.#gallery = gallery
    this.#reader = reader
  }

  async create(person: NewPerson, options: CallOptions = {}): Promise<Person> {
    const checked = checkNewPerson(person)
    checkCallOptions(options)
    const { signal } = options
    return this.#gallery.run(signal, () => this.#create(checked, signal))
  }

  async get(id: string): Promise<Person | null> {
    return this.#gallery.run(undefined, async () => {
      checkId('id', id)
      await this.#gallery.catchUp()
      const [record] = await this.#gallery.held.store.persons([id])
      return record === undefined ? null : describePerson(this.#gallery.held, record)
    })
  }

  async list(options: ListPersonsOptions = {}): Promise<PersonPage> {
    checkListOptions(options)
    return this.#gallery.run(undefined, () => this.#list(options))
  }

  async update(id: string, changes: PersonChanges, options: CallOptions = {}): Promise<Person> {
    checkId('id', id)
    const checked = checkPersonChanges(changes)
    checkCallOptions(options)
    const { signal } = options
    return this.#gallery.run(signal, () => this.#update(id, checked, signal))
  }

  async delete(id: string): Promise<void> {
    checkHeldId(id)
    return this.#gallery.write(() => {
      this.#checkKnown(id, [])
      return { changes: [{ kind: 'delete_person', id }], answer: () => undefined }
    })
  }

  async #create(passed: NewPerson, signal: AbortSignal | undefined): Promise<Person> {
    const pictures = this.#reader.take('images', passed.images)
    const person = { ...passed, collections: [...(passed.collections ?? [])] }
    const { id = newPersonId(), name, collections } = person
    await this.#gallery.catchUp()
    // Checked before the pictures are read, which takes time, and again when the write runs.
    this.#checkNew(id, collections)
    return withOneModel(async () => {
      const faces = await this.#reader.faces(pictures, signal)
      return this.#gallery.write((held) => {
        signal?.throwIfAborted()
        this.#checkModel(faces)
        this.#checkNew(id, collections)
        const now = new Date().toISOString()
        const record: PersonRecord = {
          id,
          name,
          gender: person.gender ?? null,
          dateOfBirth: person.dateOfBirth ?? null,
          nationality: person.nationality ?? null,
          notes: person.notes ?? null,
          collectionIds: [...new Set(collections)],
          faces,
          createdAt: now,
          modifiedAt: now,
        }
        return { changes: [{ kind: 'put_person', person: record }], answer: () => describePerson(held, record) }
      })
    })
  }

  async #list(options: ListPersonsOptions): Promise<PersonPage> {
    const { collectionId, name, page = 1, limit = 10 } = options
    await this.#gallery.catchUp()
    if (collectionId !== undefined) this.#gallery.findCollection(collectionId)
    const found = await this.#gallery.held.store.listPersons({ collectionId, name, offset: (page - 1) * limit, limit })
    return {
      persons: found.persons.map((record) => describePerson(this.#gallery.held, record)),
      page,
      limit,
      total: found.total,
      pages: Math.ceil(found.total / limit),
    }
  }

  async #update(id: string, passed: PersonChanges, signal: AbortSignal | undefined): Promise<Person> {
    const pictures = passed.images && this.#reader.take('images', passed.images)
    const changes = { ...passed }
    const collections = changes.collections && [...changes.collections]
    const [join, leave] = [[...(changes.join ?? [])], [...(changes.leave ?? [])]]
    const named = [...(collections ?? []), ...join, ...leave]
    await this.#gallery.catchUp()
    this.#checkKnown(id, named)
    return withOneModel(async () => {
      const faces = pictures && (await this.#reader.faces(pictures, signal))
      return this.#gallery.write(async (held) => {
        signal?.throwIfAborted()
        this.#checkModel(faces ?? [])
        this.#checkKnown(id, named)
        const [before] = await held.store.persons([id])
        if (before === undefined) throw personNotFound()
        const modifiedAt = new Date().toISOString()
        if (isMembership(changes)) {
          const move =
            (kind: MembershipChange['kind']) =>
            (collectionId: string): MembershipChange => {
              return { kind, personId: id, collectionId, modifiedAt }
            }
          const moves = [...join.map(move('join_collection')), ...leave.map(move('leave_collection'))]
          const after = moves.reduce((record, change) => moved(record, change) ?? record, before)
          return { changes: moves, answer: () => describePerson(held, after) }
        }
        const record: PersonRecord = {
          ...before,
          name: changes.name ?? before.name,
          gender: changes.gender === undefined ? before.gender : changes.gender,
          dateOfBirth: changes.dateOfBirth === undefined ? before.dateOfBirth : changes.dateOfBirth,
          nationality: changes.nationality === undefined ? before.nationality : changes.nationality,
          notes: changes.notes === undefined ? before.notes : changes.notes,
          collectionIds: [...new Set([...(collections ?? before.collectionIds), ...join])].filter((one) => {
            return !leave.includes(one)
          }),
          faces: faces ?? before.faces,
          modifiedAt,
        }
        return { changes: [{ kind: 'put_person', person: record }], answer: () => describePerson(held, record) }
      })
    })
  }

  /** @throws ModelChanged where people have templates of another model than the faces by now */
  #checkModel(faces: readonly FaceRecord[]): void {
    if (faces.some(({ modelId }) => modelId !== this.#gallery.held.people.modelId)) throw new ModelChanged()
  }

  #checkNew(id: string, collections: readonly string[]): void {
    if (this.#gallery.held.people.has(id)) {
      throw new VisavisError('person_exists', 'A person with this id is enrolled; update them or choose another id.')
    }
    for (const collection of collections) this.#gallery.findCollection(collection)
  }

  #checkKnown(id: string, collections: readonly string[]): void {
    if (!this.#gallery.held.people.has(id)) throw personNotFound()
    for (const collection of collections) this.#gallery.findCollection(collection)
  }
}

/** Whether only memberships are changed, so that the person's record need not be written. */
function isMembership(changes: PersonChanges): boolean {
  return Object.entries(changes).every(([name, value]) => value === undefined || memberships.has(name))
}

const memberships: ReadonlySet<string> = new Set<keyof PersonChanges>(['join', 'leave'])
