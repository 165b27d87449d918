import { createVerifikClient, type VerifikClient } from '@visavis/remote'
import { guests, PeopleService, pictureText, staff, type ServedPerson } from '../support/people-service.ts'
import { startVerifikServer, type VerifikServer } from '../support/verifik-server.ts'
import type { ServiceRow } from './gallery-model.ts'
import type { ServiceStep } from './step.ts'

const token = 'header.c2VjcmV0.tail'

/** A service with a collection that galleries are synced with, over HTTP. */
export class SyncedService implements AsyncDisposable {
  readonly #server: VerifikServer
  #service!: PeopleService
  #client!: VerifikClient
  #rows: Map<string, ServiceRow> = new Map()

  private constructor(server: VerifikServer) {
    this.#server = server
  }

  static async start(): Promise<SyncedService> {
    const service = new SyncedService(await startVerifikServer())
    service.clear()
    return service
  }

  /** From now on it has nobody, and another client asks it. */
  clear(): void {
    this.#service = new PeopleService([])
    const { baseUrl } = this.#server.open(this.#service.answer)
    this.#client = createVerifikClient({ baseUrl, token })
    this.#rows = new Map()
  }

  get client(): VerifikClient {
    return this.#client
  }

  /** By the ids of the people. */
  get rows(): ReadonlyMap<string, ServiceRow> {
    return this.#rows
  }

  /** Has a person as they are from now on. */
  async set({ id, name, number, place }: ServiceStep): Promise<void> {
    const { people } = this.#service
    this.#service.people = people.filter(({ _id }) => _id !== id)
    this.#rows.delete(id)
    if (place === 'gone') return
    const thumbnails =
      number === undefined ? [] : [{ id: `face-${number}`, thumbnail: await pictureText(number ?? undefined) }]
    const person: ServedPerson = {
      _id: id,
      name,
      updatedAt: '2026-03-01T08:00:00.000Z',
      collections: [place === 'here' ? staff._id : guests._id],
      thumbnails,
    }
    this.#service.people.push(person)
    this.#rows.set(id, { name, number, isMember: place === 'here' })
  }

  /** Lists so many records that cannot be taken over, too. */
  setBadRecords(count: number): void {
    const bad = [
      { _id: 'y'.repeat(101), name: 'Too long', collections: [staff._id] },
      { name: 'Without an id', collections: [staff._id] },
    ]
    this.#service.oddRows = bad.slice(0, count)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.close()
  }
}
