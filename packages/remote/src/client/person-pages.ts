import type { Person } from '@visavis/core'
import { fromPersonListAnswer, largestPage, type FaultyRow, type FindCollection, type WirePage } from '@visavis/wire'
import type { WalkSummary } from './client.ts'
import type { CollectionDirectory } from './collection-directory.ts'
import type { Connection } from './connection.ts'

/** The parameters of a page, by their names on the wire. */
export interface PageQuery {
  readonly page: number
  readonly limit: number
  readonly collection?: string | undefined
  readonly like_name?: string | undefined
  /** Through `/persons/lookup`. */
  readonly name?: string | undefined
}

/** Ends the walk over a service that repeats its pages. */
const mostPages = 10_000

export interface PageWalkOptions {
  readonly signal?: AbortSignal | undefined
  readonly onTotal?: ((people: number) => void) | undefined
  readonly onFaulty?: ((row: FaultyRow) => void) | undefined
}

/** Reads the lists of people, page by page. */
export class PersonPages {
  readonly #connection: Connection
  readonly #directory: CollectionDirectory

  constructor(connection: Connection, directory: CollectionDirectory) {
    this.#connection = connection
    this.#directory = directory
  }

  /** One page, in any of the known envelopes. */
  async read({ page, limit, collection, like_name, name }: PageQuery, signal?: AbortSignal): Promise<WirePage> {
    const body = await this.#connection.call({
      method: 'GET',
      path: name === undefined ? '/persons' : '/persons/lookup',
      query:
        name === undefined
          ? { page, limit, collection, like_name, 'populates[]': 'collections' }
          : { name, page, limit },
      entity: collection === undefined ? 'person' : 'collection',
      repeatable: true,
      signal,
    })
    const read = (find: FindCollection): WirePage => fromPersonListAnswer(body, find)
    return this.#named(read, ({ persons }) => persons, signal)
  }

  /**
   * Every person of a list once, in the service's order. Ends with the page that the service says is the last; where it
   * does not say, with a page that is not full, or with the second page in a row without a new person.
   */
  async *walk(
    query: Omit<PageQuery, 'page' | 'limit'>,
    { signal, onTotal, onFaulty }: PageWalkOptions = {},
  ): AsyncGenerator<Person, WalkSummary> {
    const seen = new Set<string>()
    let total: number | undefined
    let isSteady = true
    let rows = 0
    let unnamed = 0
    let barren = 0
    for (let page = 1; page <= mostPages; page++) {
      const wire = await this.read({ ...query, page, limit: largestPage }, signal)
      const fresh = wire.persons.filter(({ id }) => !seen.has(id) && seen.add(id))
      const unnamedHere = (wire.faulty ?? []).filter(({ id }) => id === null).length
      const rowsHere = wire.persons.length + unnamedHere
      unnamed += unnamedHere
      rows += rowsHere
      if (wire.total !== undefined) onTotal?.(wire.total)
      wire.faulty?.forEach((row) => onFaulty?.(row))
      yield* fresh
      isSteady &&= page === 1 || wire.total === total
      total = wire.total
      barren = fresh.length + unnamedHere === 0 ? barren + 1 : 0
      const isFull = rowsHere >= Math.min(largestPage, wire.limit ?? largestPage)
      const isLast = wire.pages === undefined ? !isFull || barren > 0 : page >= wire.pages
      if (isLast || barren === 2) break
    }
    const complete = isSteady && total === seen.size + unnamed
    return { complete, repeats: !complete && isSteady && total === rows, count: seen.size }
  }

  /**
   * Reads people whose rows may name their collections by an id alone. Where one is not known, the list of collections
   * is requested, and the rows are read again.
   */
  async #named<T>(
    read: (find: FindCollection) => T,
    personsOf: (value: T) => readonly Person[],
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const value = read(this.#directory.known)
    const isNamed = personsOf(value).every(({ collections }) => collections.every(({ name }) => name !== ''))
    if (isNamed || !this.#directory.isEmpty) return value
    await this.#directory.load(signal)
    return read(this.#directory.known)
  }

  /** A single person, with the names of their collections. */
  async person(read: (find: FindCollection) => Person, signal?: AbortSignal): Promise<Person> {
    return this.#named(read, (person) => [person], signal)
  }
}
