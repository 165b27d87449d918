import { type CallOptions, isVisavisError, VisavisError, type Collection, type NewCollection } from '@visavis/core'
import { checkCallOptions, checkCollectionChanges, checkHeldId, checkId, checkNewCollection } from '@visavis/core/kit'
import { badResponse, fromCollectionAnswer, toCreateCollectionRequest, type KnownCollection } from '@visavis/wire'
import type { RemoteCollections } from './client.ts'
import { collectionNotFound, type CollectionDirectory } from './collection-directory.ts'
import type { Connection } from './connection.ts'

export class ServiceCollections implements RemoteCollections {
  readonly #connection: Connection
  readonly #directory: CollectionDirectory

  constructor(connection: Connection, directory: CollectionDirectory) {
    this.#connection = connection
    this.#directory = directory
  }

  async create(given: NewCollection, options: CallOptions = {}): Promise<Collection> {
    const collection = checkNewCollection(given)
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      if (collection.id !== undefined && this.#connection.settings.server === 'verifik') throw ownIds()
      const body = await this.#connection.call({
        method: 'POST',
        path: '/collections',
        body: toCreateCollectionRequest(collection),
        entity: 'collection',
        repeatable: false,
        makes: 'collection',
        signal,
      })
      return this.#remember(fromCollectionAnswer(body))
    })
  }

  async get(id: string, options: CallOptions = {}): Promise<Collection | null> {
    checkId('id', id)
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      const known = await this.#directory.find(id, signal)
      if (known === null) return null
      try {
        const { objectId } = known
        const call = { method: 'GET', path: '/collections/{id}', id: objectId, entity: 'collection' } as const
        const found = fromCollectionAnswer(await this.#connection.call({ ...call, repeatable: true, signal }))
        if (!isSame(found, known)) throw badResponse('is about another collection')
        return this.#remember(found)
      } catch (error) {
        if (!isVisavisError(error, 'collection_not_found')) throw error
        this.#directory.remove(known)
        return null
      }
    })
  }

  async list(options: CallOptions = {}): Promise<Collection[]> {
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () =>
      (await this.#directory.load(signal)).map(({ collection }) => collection),
    )
  }

  async update(
    id: string,
    given: { name?: string; description?: string },
    options: CallOptions = {},
  ): Promise<Collection> {
    checkId('id', id)
    const changes = checkCollectionChanges(given)
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      return this.#change(id, signal, async ({ objectId, collection }) => {
        const { name = collection.name, description } = changes
        const body = await this.#connection.call({
          method: 'PUT',
          path: '/collections/{id}',
          id: objectId,
          // The name must be there; members must not, for those left out would be removed.
          body: { name, ...(description !== undefined && { description }) },
          entity: 'collection',
          repeatable: true,
          signal,
        })
        return this.#remember(fromCollectionAnswer(body))
      })
    })
  }

  async delete(id: string, options: CallOptions = {}): Promise<void> {
    checkHeldId(id)
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      await this.#change(id, signal, async (known) => {
        const call = { method: 'DELETE', path: '/collections/{id}', id: known.objectId, entity: 'collection' } as const
        await this.#connection.call({ ...call, repeatable: true, signal })
        this.#directory.remove(known)
      })
    })
  }

  /** Forgets the collection where another client has deleted it. */
  async #change<T>(
    id: string,
    signal: AbortSignal | undefined,
    change: (known: KnownCollection) => Promise<T>,
  ): Promise<T> {
    const known = await this.#directory.get(id, signal)
    try {
      return await change(known)
    } catch (error) {
      if (!isVisavisError(error, 'collection_not_found')) throw error
      this.#directory.remove(known)
      throw collectionNotFound()
    }
  }

  #remember(known: KnownCollection): Collection {
    this.#directory.add(known)
    return known.collection
  }
}

/** Whether one of both names is the same: a service may change the other one. */
function isSame(a: KnownCollection, b: KnownCollection): boolean {
  return a.objectId.toLowerCase() === b.objectId.toLowerCase() || a.collection.id === b.collection.id
}

export function ownIds(): VisavisError {
  return new VisavisError(
    'invalid_option',
    "id cannot be chosen, since Verifik gives ids itself; leave it out, or set server: 'visavis' where one answers.",
  )
}
