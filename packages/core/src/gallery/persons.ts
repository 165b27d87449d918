import { VisavisError } from '../errors.ts'
import { checkHeldId, checkId, checkListOptions, checkNewPerson, checkPersonChanges } from '../options.ts'
import type { ListPersonsOptions, NewPerson, Person, PersonChanges, PersonPage, Persons } from '../searcher.ts'
import type { PersonRecord } from '../store/store.ts'
import type { FaceReader } from './face-reader.ts'
import { newPersonId } from './ids.ts'
import type { GalleryState } from './state.ts'
import { withTraces } from './traces.ts'

export class GalleryPersons implements Persons {
  readonly #state: GalleryState
  readonly #reader: FaceReader

  constructor(state: GalleryState, reader: FaceReader) {
    this.#state = state
    this.#reader = reader
  }

  async create(person: NewPerson): Promise<Person> {
    const checked = checkNewPerson(person)
    return this.#state.run(checked.signal, () => this.#create(checked))
  }

  async get(id: string): Promise<Person | null> {
    return this.#state.run(undefined, async () => {
      checkId('id', id)
      await this.#state.catchUp()
      const [record] = await this.#state.store.persons([id])
      return record === undefined ? null : this.#state.describePerson(record)
    })
  }

  async list(options: ListPersonsOptions = {}): Promise<PersonPage> {
    checkListOptions(options)
    return this.#state.run(undefined, () => this.#list(options))
  }

  async update(id: string, changes: PersonChanges): Promise<Person> {
    checkId('id', id)
    const checked = checkPersonChanges(changes)
    return this.#state.run(checked.signal, () => this.#update(id, checked))
  }

  async delete(id: string): Promise<void> {
    checkHeldId(id)
    return this.#state.write(async ({ store, gallery }) => {
      this.#checkKnown(id, [])
      await store.write(await withTraces(store, [{ kind: 'delete_person', id }]))
      gallery.delete(id)
      await this.#state.erased()
    })
  }

  async #create(passed: NewPerson): Promise<Person> {
    const pictures = this.#reader.take('images', passed.images)
    const person = { ...passed, collections: [...(passed.collections ?? [])] }
    const { id = newPersonId(), name, collections, signal } = person
    await this.#state.catchUp()
    // Asked before the pictures are looked at, which takes time, and again when it is this write's turn.
    this.#checkNew(id, collections)
    const faces = await this.#reader.faces(pictures, signal)
    return this.#state.write(async ({ store, gallery }) => {
      signal?.throwIfAborted()
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
      gallery.reserve(faces.length)
      await store.write([{ kind: 'put_person', person: record }])
      gallery.put({ personId: id, collectionIds: record.collectionIds, faces })
      return this.#state.describePerson(record)
    })
  }

  async #list(options: ListPersonsOptions): Promise<PersonPage> {
    const { collectionId, name, page = 1, limit = 10 } = options
    await this.#state.catchUp()
    if (collectionId !== undefined) this.#state.findCollection(collectionId)
    const found = await this.#state.store.listPersons({ collectionId, name, offset: (page - 1) * limit, limit })
    return {
      persons: found.persons.map((record) => this.#state.describePerson(record)),
      page,
      limit,
      total: found.total,
      pages: Math.ceil(found.total / limit),
    }
  }

  async #update(id: string, passed: PersonChanges): Promise<Person> {
    const pictures = passed.images && this.#reader.take('images', passed.images)
    const changes = { ...passed }
    const { signal } = changes
    const collections = changes.collections && [...changes.collections]
    await this.#state.catchUp()
    this.#checkKnown(id, collections ?? [])
    const faces = pictures && (await this.#reader.faces(pictures, signal))
    return this.#state.write(async ({ store, gallery }) => {
      signal?.throwIfAborted()
      this.#checkKnown(id, collections ?? [])
      const [before] = await store.persons([id])
      if (before === undefined) throw personNotFound()
      const record: PersonRecord = {
        ...before,
        name: changes.name ?? before.name,
        gender: changes.gender === undefined ? before.gender : changes.gender,
        dateOfBirth: changes.dateOfBirth === undefined ? before.dateOfBirth : changes.dateOfBirth,
        nationality: changes.nationality === undefined ? before.nationality : changes.nationality,
        notes: changes.notes === undefined ? before.notes : changes.notes,
        collectionIds: collections === undefined ? before.collectionIds : [...new Set(collections)],
        faces: faces ?? before.faces,
        modifiedAt: new Date().toISOString(),
      }
      gallery.reserve(record.faces.length)
      await store.write([{ kind: 'put_person', person: record }])
      gallery.put({ personId: id, collectionIds: record.collectionIds, faces: record.faces })
      await this.#state.erased()
      return this.#state.describePerson(record)
    })
  }

  #checkNew(id: string, collections: readonly string[]): void {
    if (this.#state.gallery.has(id)) {
      throw new VisavisError('person_exists', 'A person with this id is enrolled; update them or choose another id.')
    }
    for (const collection of collections) this.#state.findCollection(collection)
  }

  #checkKnown(id: string, collections: readonly string[]): void {
    if (!this.#state.gallery.has(id)) throw personNotFound()
    for (const collection of collections) this.#state.findCollection(collection)
  }
}

export function personNotFound(): VisavisError {
  return new VisavisError('person_not_found', 'Nobody with this id is enrolled here; list people with persons.list().')
}
