import { VisavisError, type Collection } from '@visavis/core'
import { collectionName, isCollectionCode, isObjectId } from '@visavis/core/kit'
import { fromCollectionListAnswer, type KnownCollection } from '@visavis/wire'
import type { Connection } from './connection.ts'

/**
 * The collections of the service by both of their names, kept from the last list: searches name them by their code,
 * paths by their `_id`, and callers by either.
 */
export class CollectionDirectory {
  readonly #connection: Connection
  readonly #byName: Map<string, KnownCollection> = new Map()
  #loading: Promise<KnownCollection[]> | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** What is known without asking. */
  readonly known = (id: string): Collection | undefined => this.#byName.get(collectionName(id))?.collection

  get isEmpty(): boolean {
    return this.#byName.size === 0
  }

  add(one: KnownCollection): void {
    this.#byName.set(collectionName(one.objectId), one)
    this.#byName.set(collectionName(one.collection.id), one)
  }

  remove(one: KnownCollection): void {
    this.#byName.delete(collectionName(one.objectId))
    this.#byName.delete(collectionName(one.collection.id))
  }

  forget(id: string): void {
    const one = this.#byName.get(collectionName(id))
    if (one !== undefined) this.remove(one)
  }

  /** All of them, from the service. */
  async load(signal?: AbortSignal): Promise<KnownCollection[]> {
    const call = this.#connection.call({
      method: 'GET',
      path: '/collections',
      entity: 'collection',
      repeatable: true,
      signal,
    })
    const all = fromCollectionListAnswer(await call)
    this.#byName.clear()
    for (const one of all) this.add(one)
    return all
  }

  /**
   * The collection with this code or `_id`; `null` where the service has none. One that is not known yet is requested.
   */
  async find(id: string, signal?: AbortSignal): Promise<KnownCollection | null> {
    const known = this.#byName.get(collectionName(id))
    if (known !== undefined) return known
    if (!this.#mayExist(id)) return null
    await this.#loadOnce(signal)
    return this.#byName.get(collectionName(id)) ?? null
  }

  /** @throws VisavisError `collection_not_found` */
  async get(id: string, signal?: AbortSignal): Promise<KnownCollection> {
    const found = await this.find(id, signal)
    if (found === null) throw collectionNotFound()
    return found
  }

  /**
   * What a search names this collection by. A code is not looked up, since the search says itself whether it exists.
   *
   * @throws VisavisError `collection_not_found`
   */
  async searchId(id: string | undefined, signal?: AbortSignal): Promise<string | undefined> {
    if (id === undefined || this.#connection.settings.server === 'visavis' || isCollectionCode(id)) return id
    return (await this.get(id, signal)).collection.id
  }

  /**
   * What a person's memberships are named by.
   *
   * @throws VisavisError `collection_not_found`
   */
  async memberIds(ids: readonly string[], signal?: AbortSignal): Promise<string[]> {
    if (this.#connection.settings.server === 'visavis') return [...ids]
    const found: string[] = []
    for (const id of ids) found.push(isObjectId(id) ? id : (await this.get(id, signal)).objectId)
    return found
  }

  /** Verifik's collections have no other names; servers of visavis accept any id. */
  #mayExist(id: string): boolean {
    return this.#connection.settings.server === 'visavis' || isCollectionCode(id) || isObjectId(id)
  }

  /** Concurrent look-ups share one request, unless one of them has a signal. */
  async #loadOnce(signal: AbortSignal | undefined): Promise<void> {
    if (signal !== undefined) {
      await this.load(signal)
      return
    }
    this.#loading ??= this.load().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
  }
}

export function collectionNotFound(): VisavisError {
  return new VisavisError(
    'collection_not_found',
    'The service has no collection with this code or _id; list them with collections.list().',
  )
}
