import { VisavisError } from '../errors.ts'
import type { RecognitionModel } from '../recognition/recognizer.ts'
import type { SearchMode } from '../searcher.ts'
import type { PersonTemplates, Store } from '../store/store.ts'
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

interface Member {
  readonly collectionIds: readonly string[]
  /** The keys of the person's templates in the index. */
  readonly keys: readonly number[]
}

/** Who is enrolled, as far as a search needs it in memory: templates in the index, and whose they are. */
export class Gallery {
  readonly #model: RecognitionModel
  readonly #index: VectorIndex
  readonly #members: Map<string, Member> = new Map()
  readonly #personOf: Map<number, string> = new Map()
  readonly #people: Map<string, Set<string>> = new Map()
  #nextKey = 0
  /** The most templates any person had: so many may stand between one person and the next. */
  #mostTemplates = 1

  constructor(model: RecognitionModel, index: VectorIndex) {
    this.#model = model
    this.#index = index
  }

  /** @throws VisavisError `model_mismatch` where the store's templates are another model's. */
  async load(store: Store, signal?: AbortSignal): Promise<void> {
    for await (const person of store.templates()) {
      signal?.throwIfAborted()
      this.put(person)
    }
  }

  has(personId: string): boolean {
    return this.#members.has(personId)
  }

  /** How many people a collection has. */
  count(collectionId: string): number {
    return this.#people.get(collectionId)?.size ?? 0
  }

  isMember(personId: string, collectionId: string): boolean {
    return this.#people.get(collectionId)?.has(personId) ?? false
  }

  /** Adds a person, or replaces them with everything of theirs. */
  put({ personId, collectionIds, faces }: PersonTemplates): void {
    for (const { modelId, template } of faces) {
      if (modelId !== this.#model.id) {
        throw new VisavisError(
          'model_mismatch',
          `The store holds templates of the model ${modelId}, this matcher uses ${this.#model.id}; open it with the model it was written with.`,
        )
      }
      if (template.length !== this.#model.dimensions) {
        throw new VisavisError(
          'dimension_mismatch',
          `The store holds a template of ${template.length} values where ${this.#model.dimensions} were expected; restore a copy.`,
        )
      }
    }
    this.delete(personId)
    const keys = faces.map(({ template }) => {
      const key = this.#nextKey++
      this.#index.add(key, template)
      this.#personOf.set(key, personId)
      return key
    })
    this.#members.set(personId, { collectionIds: [...collectionIds], keys })
    this.#mostTemplates = Math.max(this.#mostTemplates, keys.length)
    for (const collectionId of collectionIds) this.#peopleOf(collectionId).add(personId)
  }

  delete(personId: string): void {
    const member = this.#members.get(personId)
    if (member === undefined) return
    for (const key of member.keys) {
      this.#index.remove(key)
      this.#personOf.delete(key)
    }
    for (const collectionId of member.collectionIds) this.#people.get(collectionId)?.delete(personId)
    this.#members.delete(personId)
  }

  deleteCollection(collectionId: string): void {
    for (const personId of this.#people.get(collectionId) ?? []) {
      const member = this.#members.get(personId) as Member
      const collectionIds = member.collectionIds.filter((id) => id !== collectionId)
      this.#members.set(personId, { ...member, collectionIds })
    }
    this.#people.delete(collectionId)
  }

  /** The most similar people, best first; nobody twice. */
  async search(
    probe: Float32Array,
    { mode, limit, leastSimilarity, collectionId }: GalleryQuery,
  ): Promise<PersonHit[]> {
    const people = collectionId === undefined ? undefined : this.#people.get(collectionId)
    if (collectionId !== undefined && (people === undefined || people.size === 0)) return []
    const hits = await this.#index.search(probe, {
      mode,
      leastSimilarity,
      // However many templates each has, this many hits are of `limit` people at least.
      limit: Math.max(1, Math.min(limit * this.#mostTemplates, this.#index.size)),
      ...(people === undefined ? {} : { filter: (key) => people.has(this.#personOf.get(key) as string) }),
    })
    const best = new Map<string, PersonHit>()
    for (const { key, similarity } of hits) {
      const personId = this.#personOf.get(key)
      if (personId !== undefined && !best.has(personId)) best.set(personId, { personId, similarity })
      if (best.size === limit) break
    }
    return [...best.values()]
  }

  dispose(): void {
    this.#index.dispose()
    this.#members.clear()
    this.#personOf.clear()
    this.#people.clear()
  }

  #peopleOf(collectionId: string): Set<string> {
    let people = this.#people.get(collectionId)
    if (people === undefined) {
      people = new Set()
      this.#people.set(collectionId, people)
    }
    return people
  }
}
