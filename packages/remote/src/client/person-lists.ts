import type { ListPersonsOptions, Person, PersonPage } from '@visavis/core'
import { nameMatcher } from '@visavis/core/kit'
import { badResponse, type KnownCollection, type WirePage } from '@visavis/wire'
import type { WalkOptions, WalkSummary } from './client.ts'
import type { CollectionDirectory } from './collection-directory.ts'
import type { Connection } from './connection.ts'
import type { PageQuery, PersonPages } from './person-pages.ts'

/** How a service takes the filter by collection; it is not written down anywhere. */
type CollectionFilter = 'by_object_id' | 'by_code' | 'none'

type Filter = Omit<PageQuery, 'page' | 'limit'>

interface PageOptions extends ListPersonsOptions {
  page: number
  limit: number
  signal?: AbortSignal
}

/** Lists of people with core's filters, from services that support only some of them. */
export class PersonLists {
  readonly #connection: Connection
  readonly #directory: CollectionDirectory
  readonly #pages: PersonPages
  /** Determined with the first collection that has people. */
  #filter: CollectionFilter | undefined

  constructor(connection: Connection, directory: CollectionDirectory, pages: PersonPages) {
    this.#connection = connection
    this.#directory = directory
    this.#pages = pages
  }

  /** @throws VisavisError `collection_not_found` */
  async page({ collectionId, name, page, limit, signal }: PageOptions): Promise<PersonPage> {
    if (this.#connection.settings.server === 'visavis') {
      return this.#read({ collection: collectionId, like_name: name }, { page, limit, signal })
    }
    const collection = collectionId === undefined ? undefined : await this.#directory.get(collectionId, signal)
    if (name === undefined) {
      const filter = collection === undefined ? {} : await this.#filterFor(collection, signal)
      if (filter !== null) return this.#read(filter, { page, limit, signal })
    } else if (collection === undefined && isLookedUp(name)) {
      return this.#read({ name }, { page, limit, signal })
    }
    return this.#collect({ collection, name, page, limit, signal })
  }

  /** @throws VisavisError `collection_not_found` */
  async *walk({
    collectionId,
    ...options
  }: { [Option in keyof WalkOptions]-?: WalkOptions[Option] | undefined }): AsyncGenerator<Person, WalkSummary> {
    if (collectionId === undefined) return yield* this.#pages.walk({}, options)
    if (this.#connection.settings.server === 'visavis') {
      return yield* this.#pages.walk({ collection: collectionId }, options)
    }
    const collection = await this.#directory.get(collectionId, options.signal)
    const filter = await this.#filterFor(collection, options.signal)
    if (filter !== null) return yield* this.#pages.walk(filter, options)
    const { signal, onFaulty } = options
    const everybody = this.#pages.walk({}, { signal, onFaulty })
    let count = 0
    let areNamed = false
    for (;;) {
      const next = await everybody.next()
      if (next.done === true) {
        // Where the service names no person's collections, it cannot be told which people are missing here.
        const isTold = areNamed || next.value.count === 0
        const { complete, repeats } = next.value
        return { complete: complete && isTold, repeats: repeats && isTold, count }
      }
      areNamed ||= next.value.collections.length > 0
      if (!isMember(next.value, collection)) continue
      count++
      yield next.value
    }
  }

  async #read(
    filter: Filter,
    { page, limit, signal }: { page: number; limit: number; signal: AbortSignal | undefined },
  ): Promise<PersonPage> {
    const wire = await this.#pages.read({ ...filter, page, limit }, signal)
    const { persons } = wire
    const shown = Math.max(1, wire.limit ?? limit)
    // Where the service does not say how many there are, a full page may have one behind it.
    const total = wire.total ?? (page - 1) * shown + persons.length
    const pages = wire.pages ?? Math.max(Math.ceil(total / shown), persons.length < shown ? page : page + 1)
    return { persons, page, limit: shown, total, pages }
  }

  /** A page that no filter of the service gives: reads all people and filters here. */
  async #collect({
    collection,
    name,
    page,
    limit,
    signal,
  }: Omit<PageOptions, 'signal' | 'collectionId' | 'name'> & {
    collection: KnownCollection | undefined
    name: string | undefined
    signal: AbortSignal | undefined
  }): Promise<PersonPage> {
    const filter = name !== undefined && isLookedUp(name) ? { name } : {}
    const isNamed = name === undefined ? () => true : nameMatcher(name)
    const found: Person[] = []
    for await (const person of this.#pages.walk(filter, { signal })) {
      if (collection !== undefined && !isMember(person, collection)) continue
      if (isNamed(person.name)) found.push(person)
    }
    const start = (page - 1) * limit
    const total = found.length
    return { persons: found.slice(start, start + limit), page, limit, total, pages: Math.ceil(total / limit) }
  }

  /**
   * The filter for this collection; `null` where none works. The service takes the `_id` or the code, or ignores a
   * value it does not know: then the page has people of other collections, or none.
   */
  async #filterFor(collection: KnownCollection, signal: AbortSignal | undefined): Promise<Filter | null> {
    const ways: Record<CollectionFilter, Filter | null> = {
      by_object_id: { collection: collection.objectId },
      by_code: { collection: collection.collection.id },
      none: null,
    }
    if (this.#filter !== undefined) return ways[this.#filter]
    for (const way of ['by_object_id', 'by_code'] as const) {
      const found = await this.#pages.read({ ...(ways[way] as Filter), page: 1, limit: 10 }, signal)
      if (found.persons.length === 0) continue
      this.#filter = (await this.#isFiltered(found, collection, signal)) ? way : 'none'
      return ways[this.#filter]
    }
    // The collection is empty, or neither filter works; reading all people tells which.
    return null
  }

  /**
   * Whether a page that was requested by collection was filtered by it.
   *
   * @throws VisavisError `bad_response` where nothing tells: a person taken for a member of the wrong collection would
   * be let in.
   */
  async #isFiltered(
    { persons, total }: WirePage,
    collection: KnownCollection,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    if (persons.some(({ collections }) => collections.length > 0)) {
      return persons.every((person) => isMember(person, collection))
    }
    const everybody = await this.#pages.read({ page: 1, limit: 1 }, signal)
    if (total !== undefined && everybody.total !== undefined && total < everybody.total) return true
    throw badResponse('does not say which people belong to the collection')
  }
}

function isMember({ collections }: Person, { objectId, collection }: KnownCollection): boolean {
  return collections.some(({ id }) => id === collection.id || id === objectId)
}

/** Verifik looks for names of at least three characters, digits left out. */
function isLookedUp(name: string): boolean {
  return name.replace(/\d/g, '').length >= 3
}
