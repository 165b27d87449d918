import { toPixels, toShrunkJpeg } from '@visavis/core/kit'
import { emptyPicture, pictureOf } from './color-recognizer.ts'
import { json } from './play.ts'
import type { Play, SeenRequest } from './verifik-server.ts'

/** A person as a service of the tests has them. */
export interface ServedPerson {
  readonly _id: string
  name: string
  updatedAt: string
  /** By their `_id`. */
  collections: string[]
  thumbnails: { id: string; thumbnail?: string }[]
}

export const staff = { _id: '65f1b0000000000000000001', code: '6d0c3a54-1f7e-4a8b-8b1f-0c5a7e2d9b01', name: 'Staff' }
export const guests = { _id: '65f1b0000000000000000002', code: '7e1d3a54-1f7e-4a8b-8b1f-0c5a7e2d9b02', name: 'Guests' }

/** The picture of a number as the wire has it; without a number, of nobody. */
export async function pictureText(number?: number): Promise<string> {
  const picture = number === undefined ? emptyPicture : pictureOf(number)
  return Buffer.from((await toShrunkJpeg(await toPixels(picture), 256)).bytes).toString('base64')
}

export function personId(number: number): string {
  return `65f1c${String(number).padStart(19, '0')}`
}

export async function servedPerson(number: number, collections: string[] = [staff._id]): Promise<ServedPerson> {
  return {
    _id: personId(number),
    name: `Person ${number}`,
    updatedAt: '2026-03-01T08:00:00.000Z',
    collections,
    thumbnails: [{ id: `face-${number}`, thumbnail: await pictureText(number) }],
  }
}

/** Where rows of people have their pictures. */
export type PicturePlace = 'thumbnails' | 'images' | 'alone' | 'lookup'

/** People and collections of a service that speaks as Verifik does, and what is wrong with it. */
export class PeopleService {
  people: ServedPerson[]
  pictures: PicturePlace = 'thumbnails'
  /** Rows of the list, of whatever kind, that come after the people, in whichever collection is asked for. */
  oddRows: unknown[] = []
  /** What the list says of how many there are. */
  total: (people: number) => number | undefined = (people) => people
  /** Called before each page of the list is made. */
  beforePage: (page: number) => void = () => {}
  /** Instead of an answer, where it gives one. */
  fault: (request: SeenRequest) => Play | undefined = () => undefined

  constructor(people: ServedPerson[]) {
    this.people = people
  }

  /** For `Session.otherwise`. */
  readonly answer = (request: SeenRequest): Play => this.fault(request) ?? this.#answer(request)

  #answer({ path, query }: SeenRequest): Play {
    if (path === '/collections') return json({ data: [staff, guests] })
    if (path.startsWith('/collections/')) {
      return json({ data: [staff, guests].find(({ _id }) => path.endsWith(_id)) })
    }
    if (path === '/persons') return this.#page(query)
    if (path === '/persons/lookup') {
      const named = this.people.filter(({ name }) => name === query.get('name'))
      return json({ data: named.map((one) => this.#row(one, 'lookup')), total: named.length })
    }
    const person = this.people.find(({ _id }) => path === `/persons/${_id}`)
    if (person === undefined) return json({ error: 'Person not found', message: 'PERSON_NOT_FOUND' }, 404)
    return json({ data: this.#row(person, 'alone') })
  }

  #page(query: URLSearchParams): Play {
    const page = Number(query.get('page'))
    const limit = Number(query.get('limit'))
    this.beforePage(page)
    const collection = query.get('collection')
    const members = this.people.filter(({ collections }) => collection === null || collections.includes(collection))
    const all = [...members.map((one) => this.#row(one, 'thumbnails')), ...this.oddRows]
    const rows = all.slice((page - 1) * limit, page * limit)
    const total = this.total(all.length)
    if (total === undefined) return json({ data: rows })
    return json({ data: rows, pagination: { page, limit, total, pages: Math.ceil(total / limit) } })
  }

  #row({ thumbnails, ...person }: ServedPerson, place: PicturePlace): object {
    const createdAt = '2026-01-01T08:00:00.000Z'
    if (this.pictures === 'images')
      return { ...person, createdAt, images: thumbnails.map(({ thumbnail }) => thumbnail) }
    const isHere = this.pictures === place || this.pictures === 'thumbnails'
    return { ...person, createdAt, thumbnails: isHere ? thumbnails : thumbnails.map(({ id }) => ({ id })) }
  }
}
