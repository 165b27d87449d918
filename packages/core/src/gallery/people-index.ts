import { VisavisError } from '../errors.ts'
import type { SearchMode } from '../face.ts'
import type { RecognitionModel } from '../recognition/recognizer.ts'
import type { PersonTemplates } from '../store/store.ts'
import { cosineOf, fuseTemplates, type FusedTemplate } from '../fused-template.ts'
import { templateFault } from '../template.ts'
import { KeySet } from '../vector-index/key-set.ts'
import type { VectorIndex } from '../vector-index/vector-index.ts'

export interface PeopleQuery {
  readonly mode: SearchMode
  /** At most this many people. */
  readonly limit: number
  /** The least cosine of a hit. */
  readonly leastSimilarity: number
  readonly collectionId?: string | undefined
}

/** A person that is alike. */
export interface PersonHit {
  readonly personId: string
  /** Cosine, -1 to 1. */
  readonly similarity: number
  /** What was compared: all enrolled views of the person that have a template of the model, fused. */
  readonly enrolled: FusedTemplate
}

interface Member {
  readonly collectionIds: readonly string[]
  /** Of the person's one vector in the index; `undefined` where there is none. */
  readonly key: number | undefined
  /** What that vector is made of. */
  readonly made: Omit<FusedTemplate, 'vector'> | undefined
}

interface CollectionMembers {
  readonly people: Set<string>
  readonly keys: KeySet
}

/** The enrolled people, as far as a search needs them in memory: vectors in the index, and whose they are. */
export class PeopleIndex {
  readonly #model: RecognitionModel
  readonly #index: VectorIndex
  readonly #members: Map<string, Member> = new Map()
  /** By the key of a template; keys are reused, so that neither this nor the index has gaps. */
  readonly #personOf: (string | undefined)[] = []
  readonly #freeKeys: number[] = []
  /** Keys that became free while searches run: a hit of theirs must not be taken for the next person's. */
  readonly #keysInUse: number[] = []
  #searches = 0
  readonly #collections: Map<string, CollectionMembers> = new Map()
  /** People with templates of another model or invalid ones: these are not in the index. */
  readonly #outdated: Set<string> = new Set()

  constructor(model: RecognitionModel, index: VectorIndex) {
    this.#model = model
    this.#index = index
  }

  /** The id of the model whose templates are compared. */
  get modelId(): string {
    return this.#model.id
  }

  get index(): VectorIndex {
    return this.#index
  }

  /** How many people are enrolled. */
  get size(): number {
    return this.#members.size
  }

  /** The ids of all people, or of those of a collection, in their order. */
  ids(collectionId?: string): string[] {
    const ids = collectionId === undefined ? this.#members.keys() : this.#collections.get(collectionId)?.people
    return [...(ids ?? [])].sort()
  }

  /** The ids of people with templates of another model or invalid ones, in their order. */
  outdated(): string[] {
    return [...this.#outdated].sort()
  }

  has(personId: string): boolean {
    return this.#members.has(personId)
  }

  /** The person's collections; empty where no person has this id. */
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

  /**
   * Checks templates before they are stored; those of other models as far as possible.
   * @throws VisavisError `dimension_mismatch` where one is invalid, see {@link templateFault}
   */
  check(faces: PersonTemplates['faces']): void {
    for (const { modelId, template } of faces) {
      const fault = templateFault(template, modelId === this.#model.id ? this.#model.dimensions : undefined)
      if (fault === undefined) continue
      throw new VisavisError(
        'dimension_mismatch',
        `A template ${fault}, so nothing was stored; a template is a finite unit vector of its model's dimensions.`,
      )
    }
  }

  /**
   * Adds or replaces a person. Templates of another model are not compared, nor are invalid ones that an earlier
   * version stored unchecked: see {@link PeopleIndex.outdated}.
   */
  put({ personId, collectionIds, faces }: PersonTemplates): void {
    this.delete(personId)
    const templates: Float32Array[] = []
    for (const { modelId, template } of faces) {
      const isOfModel = modelId === this.#model.id
      if (!isOfModel || templateFault(template, this.#model.dimensions) !== undefined) this.#outdated.add(personId)
      else if (template.length > 0) templates.push(template)
    }
    let member: Member = { collectionIds: [...collectionIds], key: undefined, made: undefined }
    if (templates.length > 0) {
      const { vector, ...made } = fuseTemplates(templates)
      const key = this.#freeKeys.pop() ?? this.#personOf.length
      this.#index.add(key, vector)
      this.#personOf[key] = personId
      member = { ...member, key, made }
    }
    this.#members.set(personId, member)
    for (const collectionId of collectionIds) this.#addTo(collectionId, personId, member.key)
  }

  /** Puts a person into a collection; no change where they are in it. */
  join(personId: string, collectionId: string): void {
    const member = this.#members.get(personId)
    if (member === undefined || member.collectionIds.includes(collectionId)) return
    this.#members.set(personId, { ...member, collectionIds: [...member.collectionIds, collectionId] })
    this.#addTo(collectionId, personId, member.key)
  }

  /** Takes a person out of a collection, where they are in it. */
  leave(personId: string, collectionId: string): void {
    const member = this.#members.get(personId)
    if (member === undefined || !member.collectionIds.includes(collectionId)) return
    const collectionIds = member.collectionIds.filter((id) => id !== collectionId)
    this.#members.set(personId, { ...member, collectionIds })
    this.#takeFrom(collectionId, personId, member.key)
  }

  /** Resolves when no copy of a removed or replaced person is left outside of memory and the store. */
  finishErasing(): Promise<void> {
    return this.#index.finishErasing()
  }

  delete(personId: string): void {
    const member = this.#members.get(personId)
    if (member === undefined) return
    const { key } = member
    if (key !== undefined) {
      this.#index.remove(key)
      this.#personOf[key] = undefined
      const free = this.#searches === 0 ? this.#freeKeys : this.#keysInUse
      free.push(key)
    }
    for (const collectionId of member.collectionIds) this.#takeFrom(collectionId, personId, key)
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
   * The most similar people, best first, each once.
   * @throws VisavisError `model_mismatch` where a person who would be searched is {@link PeopleIndex.outdated}: an
   * answer without them would say that they are not enrolled.
   */
  async search(probe: Float32Array, query: PeopleQuery): Promise<PersonHit[]> {
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
    { mode, limit, leastSimilarity, collectionId }: PeopleQuery,
  ): Promise<PersonHit[]> {
    const among = collectionId === undefined ? undefined : this.#membersOf(collectionId).keys
    if (among?.size === 0 || this.#index.size === 0) return []
    const hits = await this.#index.search(probe, {
      mode,
      leastSimilarity,
      limit: Math.min(limit, this.#index.size),
      among,
    })
    return hits.flatMap(({ key, similarity }) => {
      const personId = this.#personOf[key]
      const enrolled = personId === undefined ? undefined : this.#enrolled(personId)
      return personId === undefined || enrolled === undefined ? [] : [{ personId, similarity, enrolled }]
    })
  }

  /**
   * How alike one person is; `undefined` where there is nothing to compare.
   * @throws VisavisError `model_mismatch` where they have templates of another model
   */
  compare(probe: Float32Array, personId: string): PersonHit | undefined {
    if (this.#outdated.has(personId)) throw outdatedTemplates()
    const enrolled = this.#enrolled(personId)
    return enrolled && { personId, similarity: cosineOf(probe, enrolled.vector), enrolled }
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

  #enrolled(personId: string): FusedTemplate | undefined {
    const { key, made } = this.#members.get(personId) ?? {}
    const vector = key === undefined ? undefined : this.#index.get(key)
    return vector && made && { vector, ...made }
  }

  #addTo(collectionId: string, personId: string, key: number | undefined): void {
    const members = this.#membersOf(collectionId)
    members.people.add(personId)
    if (key !== undefined) members.keys.add(key)
  }

  #takeFrom(collectionId: string, personId: string, key: number | undefined): void {
    const members = this.#membersOf(collectionId)
    members.people.delete(personId)
    if (key !== undefined) members.keys.delete(key)
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

function outdatedTemplates(): VisavisError {
  return new VisavisError(
    'model_mismatch',
    'People here have templates of another model, or damaged ones, which are never compared; make new ones with reembed().',
  )
}
