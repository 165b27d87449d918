import {
  type CallOptions,
  isVisavisError,
  VisavisError,
  type ListPersonsOptions,
  type NewPerson,
  type Person,
  type PersonChanges,
  type PersonPage,
} from '@visavis/core'
import {
  TakenPictures,
  callback,
  callOptions,
  checkCallOptions,
  checkCrops,
  checkHeldId,
  checkId,
  checkListOptions,
  checkNewPerson,
  checkOptions,
  checkPersonChanges,
  listOptions,
  optional,
  type OptionShape,
} from '@visavis/core/kit'
import { fromPersonAnswer, toCreatePersonRequest, toUpdatePersonRequest } from '@visavis/wire'
import type { RemotePersons, WalkOptions, WalkSummary } from './client.ts'
import type { CollectionDirectory } from './collection-directory.ts'
import type { Connection } from './connection.ts'
import { PersonLists } from './person-lists.ts'
import type { PersonPages } from './person-pages.ts'
import { toImageTexts } from './pictures.ts'
import { ownIds } from './service-collections.ts'

const remoteListOptions: OptionShape<ListPersonsOptions & CallOptions> = { ...listOptions, ...callOptions }
const walkOptions: OptionShape<WalkOptions> = {
  collectionId: listOptions.collectionId,
  onTotal: optional(callback),
  onFaulty: optional(callback),
  ...callOptions,
}

/** The people of the service. Pictures of theirs are sent as photographs, scaled down. */
export class ServicePersons implements RemotePersons {
  readonly #connection: Connection
  readonly #directory: CollectionDirectory
  readonly #pages: PersonPages
  readonly #lists: PersonLists

  constructor(connection: Connection, directory: CollectionDirectory, pages: PersonPages) {
    this.#connection = connection
    this.#directory = directory
    this.#pages = pages
    this.#lists = new PersonLists(connection, directory, pages)
  }

  /** Never sent twice; where no answer comes, the error says that they may have been created. */
  async create(given: NewPerson, options: CallOptions = {}): Promise<Person> {
    const person = checkNewPerson(given)
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      const asked = { ...person }
      const collections = asked.collections && [...asked.collections]
      const pictures = new TakenPictures(checkCrops('images', asked.images))
      const { id } = asked
      if (id !== undefined && this.#connection.settings.server === 'verifik') throw ownIds()
      const texts = await this.#texts(pictures, signal)
      const ids = collections && (await this.#directory.memberIds(collections, signal))
      const body = await this.#connection.call({
        method: 'POST',
        path: '/persons',
        query: this.#populate,
        body: toCreatePersonRequest({ ...asked, ...(ids && { collections: ids }) }, texts),
        repeatable: false,
        makes: 'person',
        signal,
      })
      return this.#pages.person((find) => fromPersonAnswer(body, find), signal)
    })
  }

  async get(id: string, options: CallOptions = {}): Promise<Person | null> {
    checkId('id', id)
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      if (!isSegment(id)) return null
      try {
        const call = { method: 'GET', path: '/persons/{id}', id, query: this.#populate, repeatable: true } as const
        const body = await this.#connection.call({ ...call, signal })
        return await this.#pages.person((find) => fromPersonAnswer(body, find), signal)
      } catch (error) {
        if (isVisavisError(error, 'person_not_found')) return null
        throw error
      }
    })
  }

  async list(options: ListPersonsOptions & CallOptions = {}): Promise<PersonPage> {
    const asked = checkListOptions(options, remoteListOptions)
    return this.#connection.run(options.signal, () => this.#lists.page({ ...options, ...asked }))
  }

  async *walk(options: WalkOptions = {}): AsyncGenerator<Person, WalkSummary> {
    checkOptions('options', walkOptions, options)
    const { collectionId, onTotal, onFaulty, signal } = options
    const people = this.#lists.walk({ collectionId, onTotal, onFaulty, signal })
    for (;;) {
      const next = await this.#connection.run(signal, () => people.next())
      if (next.done === true) return next.value
      yield next.value
    }
  }

  async update(id: string, given: PersonChanges, options: CallOptions = {}): Promise<Person> {
    checkId('id', id)
    const changes = checkPersonChanges(given)
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      if (!isSegment(id)) throw personNotFound()
      const asked = { ...changes }
      const collections = asked.collections && [...asked.collections]
      const pictures = asked.images && new TakenPictures(checkCrops('images', asked.images))
      const [join, leave] = [asked.join && [...asked.join], asked.leave && [...asked.leave]]
      const texts = pictures && (await this.#texts(pictures, signal))
      const memberships = await this.#memberships(id, { collections, join, leave }, signal)
      const { join: _, leave: __, ...others } = asked
      const request = toUpdatePersonRequest({ ...others, ...memberships }, texts)
      const isDone = leave !== undefined && Object.keys(request).length === 0
      const body = await this.#connection.call({
        ...(isDone ? { method: 'GET' } : { method: 'PUT', body: request }),
        path: '/persons/{id}',
        id,
        query: this.#populate,
        repeatable: true,
        signal,
      })
      return this.#pages.person((find) => fromPersonAnswer(body, find), signal)
    })
  }

  async delete(id: string, options: CallOptions = {}): Promise<void> {
    checkHeldId(id)
    checkCallOptions(options)
    const { signal } = options
    return this.#connection.run(signal, async () => {
      if (!isSegment(id)) throw personNotFound()
      await this.#connection.call({ method: 'DELETE', path: '/persons/{id}', id, repeatable: true, signal })
    })
  }

  /**
   * Memberships as the service takes them. Verifik has one call to leave a collection and none to join one: joining
   * sends all collections of the person, so one of two concurrent joins may be lost there.
   */
  async #memberships(
    id: string,
    { collections, join, leave }: { [K in 'collections' | 'join' | 'leave']: string[] | undefined },
    signal: AbortSignal | undefined,
  ): Promise<Pick<PersonChanges, 'collections' | 'join' | 'leave'>> {
    const ids = collections && (await this.#directory.memberIds(collections, signal))
    if (this.#connection.settings.server === 'visavis') {
      return { ...(ids && { collections: ids }), ...(join && { join }), ...(leave && { leave }) }
    }
    for (const collectionId of leave ?? []) {
      const collection = await this.#directory.searchId(collectionId, signal)
      const call = { method: 'DELETE', path: '/persons/{id}', id, query: { collection }, repeatable: true } as const
      await this.#connection.call({ ...call, signal })
    }
    if (join === undefined || join.length === 0) return ids ? { collections: ids } : {}
    const call = { method: 'GET', path: '/persons/{id}', id, repeatable: true } as const
    const body = await this.#connection.call({ ...call, signal })
    const now = await this.#pages.person((find) => fromPersonAnswer(body, find), signal)
    const all = new Set([...now.collections.map((one) => one.id), ...join])
    return { collections: await this.#directory.memberIds([...all], signal) }
  }

  /** Verifik does not say that it knows this but for lists. */
  get #populate(): Record<string, string> {
    return this.#connection.settings.server === 'visavis' ? { 'populates[]': 'collections' } : {}
  }

  async #texts(pictures: TakenPictures, signal: AbortSignal | undefined): Promise<string[]> {
    const texts = await toImageTexts(await pictures.each((read) => read()), 'photograph')
    signal?.throwIfAborted()
    return texts
  }
}

/**
 * Whether a path can hold the id: dot segments are resolved away, and lone surrogates cannot be encoded. No person has
 * such an id.
 */
function isSegment(id: string): boolean {
  return id !== '.' && id !== '..' && !/\p{Surrogate}/u.test(id)
}

function personNotFound(): VisavisError {
  return new VisavisError('person_not_found', 'The service has nobody with this id; list people with persons.list().')
}
