import type { ErrorCode } from '@visavis/core'

/** One enrolled view: the number of its picture, `null` where that shows no face, and the model that has read it. */
export interface ModelFace {
  readonly number: number | null
  readonly modelId: string
}

export interface ModelPerson {
  readonly name: string | null
  readonly notes: string | null
  readonly dateOfBirth: string | null
  readonly collections: ReadonlySet<string>
  readonly faces: readonly ModelFace[]
  /** Whether a sync has brought them. */
  readonly isSynced: boolean
}

export interface ModelCollection {
  readonly name: string
  readonly description: string
}

/** What a caller gives to enroll or change a person; what is left out stays. */
export interface Details {
  readonly name?: string | undefined
  readonly notes?: string | null | undefined
  readonly dateOfBirth?: string | null | undefined
  readonly numbers?: readonly (number | null)[] | undefined
  readonly collections?: readonly string[] | undefined
}

/** A person as a service lists them. */
export interface ServiceRow {
  readonly name: string
  /** Of their picture; `undefined` where there is none. */
  readonly number: number | null | undefined
  /** Whether they are in the collection that is synced. */
  readonly isMember: boolean
}

/** People and collections in a file. */
export interface ModelFile {
  readonly persons: ReadonlyMap<string, ModelPerson>
  readonly collections: ReadonlyMap<string, ModelCollection>
}

/** What a call must come to: well, or rejected with one of the codes. */
export type Outcome = readonly ErrorCode[]

const well: Outcome = []

/**
 * A gallery as plain as can be, which says what the real ones must answer. Every method makes its change, or none where it
 * gives codes.
 */
export class GalleryModel {
  readonly persons: Map<string, ModelPerson>
  readonly collections: Map<string, ModelCollection>
  /** Of the recognizer that answers. */
  modelId: string
  /** Of the recognizer that people are brought over to while the previous one answers. */
  nextModelId: string | undefined

  constructor(
    modelId: string,
    persons: Iterable<[string, ModelPerson]> = [],
    collections: Iterable<[string, ModelCollection]> = [],
    nextModelId?: string,
  ) {
    this.modelId = modelId
    this.nextModelId = nextModelId
    this.persons = new Map(persons)
    this.collections = new Map(collections)
  }

  copy(): GalleryModel {
    return new GalleryModel(this.modelId, this.persons, this.collections, this.nextModelId)
  }

  create(
    id: string,
    { name = '', notes = null, dateOfBirth = null, numbers = [], collections = [] }: Details,
  ): Outcome {
    const codes = [...this.#unknown(collections), ...this.#faceless(numbers)]
    if (this.persons.has(id)) codes.push('person_exists')
    if (codes.length > 0) return codes
    const faces = this.#faces(numbers)
    this.persons.set(id, { name, notes, dateOfBirth, collections: new Set(collections), faces, isSynced: false })
    return well
  }

  update(id: string, { name, notes, dateOfBirth, numbers, collections }: Details): Outcome {
    const before = this.persons.get(id)
    const codes = [...this.#unknown(collections ?? []), ...this.#faceless(numbers ?? [])]
    if (before === undefined) codes.push('person_not_found')
    if (before === undefined || codes.length > 0) return codes
    this.persons.set(id, {
      ...before,
      name: name ?? before.name,
      notes: notes === undefined ? before.notes : notes,
      dateOfBirth: dateOfBirth === undefined ? before.dateOfBirth : dateOfBirth,
      faces: numbers === undefined ? before.faces : this.#faces(numbers),
      collections: collections === undefined ? before.collections : new Set(collections),
    })
    return well
  }

  delete(id: string): Outcome {
    return this.persons.delete(id) ? well : ['person_not_found']
  }

  createCollection(id: string, name: string, description: string): Outcome {
    if (this.collections.has(id)) return ['collection_exists']
    this.collections.set(id, { name, description })
    return well
  }

  updateCollection(id: string, name: string): Outcome {
    const before = this.collections.get(id)
    if (before === undefined) return ['collection_not_found']
    this.collections.set(id, { ...before, name })
    return well
  }

  deleteCollection(id: string): Outcome {
    if (!this.collections.delete(id)) return ['collection_not_found']
    for (const personId of this.members(id)) this.#leave(personId, id)
    return well
  }

  join(id: string, collectionId: string): Outcome {
    const person = this.persons.get(id)
    if (person === undefined) return ['person_not_found']
    if (!this.collections.has(collectionId)) return ['collection_not_found']
    this.persons.set(id, { ...person, collections: new Set([...person.collections, collectionId]) })
    return well
  }

  leave(id: string, collectionId: string): Outcome {
    if (!this.persons.has(id)) return ['person_not_found']
    this.#leave(id, collectionId)
    return well
  }

  /** The ids of everybody, or of a collection's people. */
  members(collectionId?: string): string[] {
    const all = [...this.persons].filter(
      ([, { collections }]) => collectionId === undefined || collections.has(collectionId),
    )
    return all.map(([id]) => id).sort()
  }

  /** The ids of whom a search must find. */
  search(number: number | null, collectionId?: string): Outcome | string[] {
    const codes: ErrorCode[] = collectionId === undefined ? [] : this.#unknown([collectionId])
    if (number === null) codes.push('no_face')
    const members = this.members(collectionId)
    if (members.some((id) => this.#isOutdated(id))) codes.push('model_mismatch')
    return codes.length > 0 ? codes : members.filter((id) => this.#shows(id, number))
  }

  /** Whether the person is told to be who the picture shows. */
  verify(id: string, number: number | null): Outcome | boolean {
    const codes: ErrorCode[] = this.persons.has(id) ? [] : ['person_not_found']
    if (number === null) codes.push('no_face')
    if (this.#hasOtherTemplates(id)) codes.push('model_mismatch')
    return codes.length > 0 ? codes : this.#shows(id, number)
  }

  outdated(): string[] {
    return this.members().filter((id) => this.#isOutdated(id, this.nextModelId ?? this.modelId))
  }

  /** Opened anew: a previous recognizer answers only where it has made templates. */
  open(): void {
    const isNeeded = [...this.persons.values()].some(({ faces }) => faces.some((face) => face.modelId === this.modelId))
    if (this.nextModelId === undefined || isNeeded) return
    this.modelId = this.nextModelId
    this.nextModelId = undefined
  }

  /** Brings people over, all of them unless it says whom. */
  reembed(ids: Iterable<string> = this.outdated()): void {
    this.modelId = this.nextModelId ?? this.modelId
    this.nextModelId = undefined
    for (const id of ids) {
      const person = this.persons.get(id)
      if (person !== undefined)
        this.persons.set(id, { ...person, faces: this.#faces(person.faces.map(({ number }) => number)) })
    }
  }

  /** As a file has it, of everybody or of a collection. */
  exported(collectionId?: string): ModelFile {
    const isIn = (id: string): boolean => collectionId === undefined || id === collectionId
    const persons = this.members(collectionId).map((id): [string, ModelPerson] => {
      const person = this.persons.get(id) as ModelPerson
      return [id, { ...person, collections: new Set([...person.collections].filter(isIn)) }]
    })
    return { persons: new Map(persons), collections: new Map([...this.collections].filter(([id]) => isIn(id))) }
  }

  import(file: ModelFile): void {
    for (const [id, collection] of file.collections) if (!this.collections.has(id)) this.collections.set(id, collection)
    for (const [id, person] of file.persons) {
      const before = this.persons.get(id)
      const others = [...(before?.collections ?? [])].filter((one) => !file.collections.has(one))
      this.persons.set(id, {
        ...person,
        faces: this.#faces(person.faces.map(({ number }) => number)),
        collections: new Set([...others, ...person.collections]),
        isSynced: before?.isSynced ?? false,
      })
    }
  }

  /** @returns how many people stay who are gone from the service, since they are too many */
  sync(collectionId: string, name: string, rows: ReadonlyMap<string, ServiceRow>): number {
    const members = this.members(collectionId)
    this.collections.set(collectionId, { name, description: '' })
    const seen = new Set<string>()
    for (const [id, row] of rows) {
      if (!row.isMember) continue
      seen.add(id)
      const before = this.persons.get(id)
      // Enrolled here under the same id.
      if (before !== undefined && !before.isSynced && !before.collections.has(collectionId)) continue
      this.persons.set(id, {
        name: row.name,
        notes: null,
        dateOfBirth: null,
        faces: row.number === undefined ? (before?.faces ?? []) : this.#faces([row.number]),
        collections: new Set([...(before?.collections ?? []), collectionId]),
        isSynced: true,
      })
    }
    const gone = [...this.persons].filter(([id, { collections, isSynced }]) => {
      return !seen.has(id) && (isSynced || collections.has(collectionId))
    })
    if (gone.length > Math.max(2, members.length / 2)) return gone.length
    for (const [id, { collections, isSynced }] of gone) {
      if (isSynced && [...collections].every((one) => one === collectionId)) this.persons.delete(id)
      else this.persons.set(id, { ...this.#leave(id, collectionId), isSynced: false })
    }
    return 0
  }

  #leave(personId: string, collectionId: string): ModelPerson {
    const person = this.persons.get(personId) as ModelPerson
    const collections = new Set([...person.collections].filter((id) => id !== collectionId))
    const after = { ...person, collections }
    this.persons.set(personId, after)
    return after
  }

  #faces(numbers: readonly (number | null)[]): ModelFace[] {
    return numbers.map((number) => ({ number, modelId: this.modelId }))
  }

  #shows(id: string, number: number | null): boolean {
    return number !== null && this.persons.get(id)?.faces.some((face) => face.number === number) === true
  }

  #isOutdated(id: string, model: string = this.modelId): boolean {
    return this.persons.get(id)?.faces.some(({ modelId }) => modelId !== model) === true
  }

  /** As {@link #isOutdated}, of faces that have a template. */
  #hasOtherTemplates(id: string): boolean {
    return this.persons.get(id)?.faces.some((face) => face.modelId !== this.modelId && face.number !== null) === true
  }

  #unknown(collections: readonly string[]): ErrorCode[] {
    return collections.some((id) => !this.collections.has(id)) ? ['collection_not_found'] : []
  }

  #faceless(numbers: readonly (number | null)[]): ErrorCode[] {
    return numbers.includes(null) ? ['no_face'] : []
  }
}
