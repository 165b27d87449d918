import { VisavisError } from '../errors.ts'
import type { RecognitionModel } from '../recognition/recognizer.ts'
import type { SearchMode } from '../searcher.ts'
import type { PersonTemplates, Store } from '../store/store.ts'
import { KeySet } from '../vector-index/key-set.ts'
import type { VectorIndex } from '../vector-index/vector-index.ts'

export interface GalleryQuery {
  readonly mode: SearchMode
  /** At most this many people. */
  readonly limit: number
  /** Nobody less alike than this cosine. */
  readonly leastSimilarity: number
  readonly collectionId?: string | undefined
}

/** A person that is alike, by the best of their templates. */
export interface PersonHit {
  readonly personId: string
  /** Cosine, -1 to 1. */
  readonly similarity: number
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined
  readonly onPerson?: (people: number) => void
}

interface Member {
  readonly collectionIds: readonly string[]
  /** The keys of the person's templates in the index. */
  readonly keys: readonly number[]
}

interface CollectionMembers {
  readonly people: Set<string>
  readonly keys: KeySet
}

/** Who is enrolled, as far as a search needs it in memory: templates in the index, and whose they are. */
export class Gallery {
  readonly #model: RecognitionModel
  readonly #index: VectorIndex
  readonly #members: Map<string, Member> = new Map()
  /** By the key of a template; keys are used again, so that neither this nor the index has gaps. */
  readonly #personOf: (string | undefined)[] = []
  readonly #freeKeys: number[] = []
  /** Keys that became free while searches run: a hit of theirs must not be taken for the next person's. */
  readonly #keysInUse: number[] = []
  #searches = 0
  readonly #collections: Map<string, CollectionMembers> = new Map()
  /** People with templates of another model, which are not in the index. */
  readonly #outdated: Set<string> = new Set()
  /** The most templates any person had: so many may stand between one person and the next. */
  #mostTemplates = 1

  constructor(model: RecognitionModel, index: VectorIndex) {
    this.#model = model
    this.#index = index
  }

  /** Takes everybody the store holds. `onPerson` is told how many there are so far. */
  async load(store: Store, { signal, onPerson }: LoadOptions = {}): Promise<void> {
    for await (const person of store.templates()) {
      signal?.throwIfAborted()
      this.put(person)
      onPerson?.(this.#members.size)
    }
  }

  /** The ids of all people, or of those of a collection, in their order. */
  ids(collectionId?: string): string[] {
    const ids = collectionId === undefined ? this.#members.keys() : this.#collections.get(collectionId)?.people
    return [...(ids ?? [])].sort()
  }

  /** Who has templates of another model, in the order of their ids. */
  outdated(): string[] {
    return [...this.#outdated].sort()
  }

  has(personId: string): boolean {
    return this.#members.has(personId)
  }

  /** Of the person, none where there is nobody with this id. */
  collectionIds(personId: string): readonly string[] {
    return this.#members.get(personId)?.collectionIds ?? []
  }

  /** How many people a collection has. */
  count(collectionId: string): number {
    return this.#collections.get(collectionId)?.people.size ?? 0
  }

  isMember(personId: string, collectionId: string): boolean {
    return this.#collections.get(collectionId)?.people.has(personId) ?? false
  }

  /**
   * Makes room for so many more templates, before they are stored.
   * @throws VisavisError `gallery_full`
   */
  reserve(templates: number): void {
    this.#index.reserve(templates)
  }

  /** @throws VisavisError `dimension_mismatch` where a template of this model has not the model's length. */
  check(faces: PersonTemplates['faces']): void {
    const { id, dimensions } = this.#model
    const wrong = faces.find(({ modelId, template }) => {
      return modelId === id && template.length > 0 && template.length !== dimensions
    })
    if (wrong === undefined) return
    throw new VisavisError(
      'dimension_mismatch',
      `A template has ${wrong.template.length} values where ${dimensions} were expected; restore a copy of the store, or enroll the person anew.`,
    )
  }

  /**
   * Adds a person, or replaces them with everything of theirs. Templates of another model are not compared: see
   * {@link Gallery.search}.
   * @throws VisavisError as {@link Gallery.check}
   */
  put({ personId, collectionIds, faces }: PersonTemplates): void {
    this.check(faces)
    this.delete(personId)
    const current = faces.filter(({ modelId, template }) => modelId === this.#model.id && template.length > 0)
    if (faces.some(({ modelId }) => modelId !== this.#model.id)) this.#outdated.add(personId)
    const keys = current.map(({ template }) => {
      const key = this.#freeKeys.pop() ?? this.#personOf.length
      this.#index.add(key, template)
      this.#personOf[key] = personId
      return key
    })
    this.#members.set(personId, { collectionIds: [...collectionIds], keys })
    this.#mostTemplates = Math.max(this.#mostTemplates, keys.length)
    for (const collectionId of collectionIds) {
      const members = this.#membersOf(collectionId)
      members.people.add(personId)
      for (const key of keys) members.keys.add(key)
    }
  }

  /** Resolves when nothing of whom was removed or replaced is left outside of memory, but for the store. */
  erased(): Promise<void> {
    return this.#index.erased()
  }

  delete(personId: string): void {
    const member = this.#members.get(personId)
    if (member === undefined) return
    for (const key of member.keys) {
      this.#index.remove(key)
      this.#personOf[key] = undefined
      const free = this.#searches === 0 ? this.#freeKeys : this.#keysInUse
      free.push(key)
    }
    for (const collectionId of member.collectionIds) {
      const members = this.#membersOf(collectionId)
      members.people.delete(personId)
      for (const key of member.keys) members.keys.delete(key)
    }
    this.#members.delete(personId)
    this.#outdated.delete(personId)
  }

  deleteCollection(collectionId: string): void {
    for (const personId of this.#collections.get(collectionId)?.people ?? []) {
      const member = this.#members.get(personId) as Member
      const collectionIds = member.collectionIds.filter((id) => id !== collectionId)
      this.#members.set(personId, { ...member, collectionIds })
    }
    this.#collections.delete(collectionId)
  }

  /**
   * The most similar people, best first; nobody twice.
   * @throws VisavisError `model_mismatch` where somebody who would be searched has templates of another model: an answer
   * without them would say that they are not enrolled.
   */
  async search(probe: Float32Array, query: GalleryQuery): Promise<PersonHit[]> {
    this.#checkModels(query.collectionId)
    this.#searches++
    try {
      return await this.#search(probe, query)
    } finally {
      this.#searches--
      if (this.#searches === 0) this.#freeKeys.push(...this.#keysInUse.splice(0))
    }
  }

  async #search(
    probe: Float32Array,
    { mode, limit, leastSimilarity, collectionId }: GalleryQuery,
  ): Promise<PersonHit[]> {
    const among = collectionId === undefined ? undefined : this.#membersOf(collectionId).keys
    if (among?.size === 0 || this.#index.size === 0) return []
    const hits = await this.#index.search(probe, {
      mode,
      leastSimilarity,
      // However many templates each has, this many hits are of `limit` people at least.
      limit: Math.min(limit * this.#mostTemplates, this.#index.size),
      among,
    })
    const best = new Map<string, PersonHit>()
    for (const { key, similarity } of hits) {
      const personId = this.#personOf[key]
      if (personId !== undefined && !best.has(personId)) best.set(personId, { personId, similarity })
      if (best.size === limit) break
    }
    return [...best.values()]
  }

  dispose(): void {
    this.#index.dispose()
    this.#members.clear()
    this.#personOf.length = 0
    this.#freeKeys.length = 0
    this.#collections.clear()
    this.#outdated.clear()
  }

  #checkModels(collectionId: string | undefined): void {
    for (const personId of this.#outdated) {
      if (collectionId === undefined || this.isMember(personId, collectionId)) throw outdatedTemplates()
    }
  }

  #membersOf(collectionId: string): CollectionMembers {
    let members = this.#collections.get(collectionId)
    if (members === undefined) {
      members = { people: new Set(), keys: new KeySet() }
      this.#collections.set(collectionId, members)
    }
    return members
  }
}

export function outdatedTemplates(): VisavisError {
  return new VisavisError(
    'model_mismatch',
    'People here have templates of another model, which are never compared; bring them over with reembed().',
  )
}
