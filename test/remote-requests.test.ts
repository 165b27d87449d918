import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import * as verifik from './fixtures/verifik-answers.ts'
import { rejects } from './support/rejects.ts'
import { json, picture, search, setUpClients, token } from './support/verifik-client.ts'
import type { Play, SeenRequest } from './support/verifik-server.ts'

const setup = setUpClients()

/** The pictures of a request. */
function imagesOf(request: SeenRequest | undefined): string[] {
  return (request?.body as { images?: string[] } | undefined)?.images ?? []
}

async function sentSize(request: SeenRequest | undefined): Promise<(number | string | undefined)[]> {
  const { width, height, format } = await sharp(Buffer.from(imagesOf(request)[0] ?? '', 'base64')).metadata()
  return [width, height, format]
}

/** The only page of a list. */
function onlyPage(data: unknown[], total: number): Play {
  return json({ data, pagination: { page: 1, limit: 100, total, pages: 1 } })
}

/** Walks over everybody, or over a collection. */
async function walk(collectionId?: string): Promise<{ count: number; complete: boolean }> {
  const people = setup.connect().persons.walk(collectionId === undefined ? {} : { collectionId })
  for (let count = 0; ; count++) {
    const next = await people.next()
    if (next.done === true) return { count, complete: next.value.complete }
  }
}

describe('a client of Verifik sends', () => {
  it('crops to their endpoint, at most 120 pixels wide, and photographs to theirs', async () => {
    setup.session.otherwise = () => json(verifik.searchAnswers.noMatch)
    const client = setup.connect()
    for (const [width, height, picked, path, size] of [
      [96, 96, undefined, '/search/crops', [96, 96]],
      [240, 160, undefined, '/search/crops', [120, 80]],
      [640, 480, undefined, '/search', [640, 480]],
      [3200, 100, undefined, '/search', [1600, 50]],
      [640, 640, 'crop', '/search/crops', [120, 120]],
      [96, 96, 'photograph', '/search', [96, 96]],
    ] as const) {
      await client.search(picture(width, height), { ...search, ...(picked && { picture: picked }) })
      const request = setup.session.requests.at(-1)
      expect(request?.path).toBe(path)
      expect(await sentSize(request)).toEqual([...size, 'jpeg'])
    }
  })

  it('what the endpoint wants and nothing of where a picture was taken', async () => {
    setup.session.otherwise = () => json(verifik.searchAnswers.noMatch)
    const photo = await sharp({ create: { width: 90, height: 90, channels: 3, background: '#a87' } })
      .jpeg()
      .withExif({ IFD0: { Artist: 'Somebody' } })
      .toBuffer()
    const collectionId = verifik.lobby.code
    await setup.connect().search([photo, picture()], { ...search, collectionId, minScore: 0.75, maxResults: 3 })
    const [request] = setup.session.requests
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${token}`, 'content-type': 'application/json' })
    const images = imagesOf(request)
    expect(request?.body).toEqual({
      images,
      min_score: 0.75,
      search_mode: 'FAST',
      collection_id: collectionId,
      max_results: 3,
    })
    expect(images).toHaveLength(2)
    for (const image of images) {
      expect(image).toMatch(/^[A-Za-z0-9+/]{100,}=*$/)
      expect(Buffer.from(image, 'base64').includes('Somebody')).toBe(false)
    }
  })

  it("a collection's code, also where its _id is given, which is looked up once", async () => {
    setup.session.otherwise = ({ path }) =>
      json(path === '/collections' ? verifik.collectionListAnswers.plain : verifik.searchAnswers.noMatch)
    const client = setup.connect()
    const collectionId = verifik.lobby._id.toUpperCase()
    for (let i = 0; i < 3; i++) await client.search(picture(), { ...search, collectionId })
    const paths = setup.session.requests.map(({ path }) => path)
    expect(paths).toEqual(['/collections', ...Array.from({ length: 3 }, () => '/search/crops')])
    expect(setup.session.requests.at(-1)?.body).toMatchObject({ collection_id: verifik.lobby.code })
  })

  it('nothing for a collection that cannot exist, and no search for one that does not', async () => {
    setup.session.otherwise = () => json(verifik.noCollections)
    await rejects(setup.connect().search(picture(), { ...search, collectionId: 'lobby' }), 'collection_not_found')
    expect(setup.session.requests).toEqual([])
    await rejects(
      setup.connect().search(picture(), { ...search, collectionId: verifik.lobby._id }),
      'collection_not_found',
    )
    expect(setup.session.requests.map(({ path }) => path)).toEqual(['/collections'])
  })

  it('nothing that the endpoint would refuse', async () => {
    const client = setup.connect()
    for (const wrong of [
      { minScore: 0.49 },
      { minScore: 1.1 },
      { mode: 'fast' },
      { maxResults: 101 },
      { picture: 'x' },
    ]) {
      await rejects(client.search(picture(), { ...search, ...wrong } as never), 'invalid_option')
    }
    const four = Array.from({ length: 4 }, () => picture())
    await rejects(client.search(four, search), 'invalid_option')
    await rejects(client.search([], search), 'invalid_option')
    await rejects(client.search(new TextEncoder().encode('no picture'), search), 'invalid_image')
    await rejects(client.verify('', picture(), search), 'invalid_option')
    await rejects(client.compare(picture(), four, search), 'invalid_option')
    await rejects(client.liveness(picture(), { minScore: 0.4 }), 'invalid_option')
    await rejects(client.liveness(picture(), { os: 'TV' as never }), 'invalid_option')
    await rejects(client.persons.create({ name: '', images: [picture()] }), 'invalid_option')
    await rejects(client.persons.create({ id: 'me', name: 'Me', images: [picture()] }), 'invalid_option')
    await rejects(client.persons.list({ limit: 101 }), 'invalid_option')
    await rejects(client.collections.create({ id: 'me', name: 'Me' }), 'invalid_option')
    await rejects(client.renewToken({ months: 0.5 }), 'invalid_option')
    expect(await client.persons.get('..')).toBeNull()
    expect(await client.persons.get('\ud83d')).toBeNull()
    await rejects(client.persons.delete('..'), 'person_not_found')
    expect(setup.session.requests).toEqual([])
  })

  it('which of several pictures is no picture', async () => {
    const call = setup.connect().search([picture(), new Uint8Array(9)], search)
    await expect(call).rejects.toMatchObject({ code: 'invalid_image', picture: 2 })
  })

  it('ids so that they stay one step of the path', async () => {
    setup.session.otherwise = () => json(verifik.errorAnswers.noSuchPerson.body, 404)
    expect(await setup.connect().persons.get('../collections?x=1#y')).toBeNull()
    expect(setup.session.requests[0]?.path).toBe('/persons/..%2Fcollections%3Fx%3D1%23y')
  })

  it('people and their changes, collections by their _id', async () => {
    setup.session.otherwise = ({ path }) =>
      json(path === '/collections' ? verifik.collectionListAnswers.plain : verifik.personAnswers.created)
    const client = setup.connect()
    const collections = [verifik.lobby.code]
    const details = { name: 'María Ensayo', gender: 'F', dateOfBirth: '1991-07-14', collections } as const
    const created = await client.persons.create({ ...details, images: [picture(2000, 1000)] })
    expect(created).toMatchObject({ id: verifik.maria, collections: [{ id: verifik.lobby.code, name: 'Lobby' }] })
    expect(setup.session.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/persons',
      body: { name: 'María Ensayo', gender: 'F', date_of_birth: '1991-07-14', collections: [verifik.lobby._id] },
    })
    expect(await sentSize(setup.session.requests.at(-1))).toEqual([1600, 800, 'jpeg'])
    await client.persons.update(verifik.maria, { notes: null })
    expect(setup.session.requests.at(-1)).toMatchObject({ method: 'PUT', path: `/persons/${verifik.maria}` })
    expect(setup.session.requests.at(-1)?.body).toEqual({ notes: null })
  })

  it('no list of members when a collection is renamed, for those left out would be removed', async () => {
    setup.session.plays.push(json(verifik.collectionListAnswers.plain), json(verifik.collectionAnswer))
    await setup.connect().collections.update(verifik.lobby.code, { description: 'Both doors' })
    expect(setup.session.requests.at(-1)?.body).toEqual({ name: 'Lobby', description: 'Both doors' })
  })

  it('the mode of a comparison where the service asks for it, from then on', async () => {
    const needsMode = json({ message: '"search_mode" is required', code: 'MissingParameter' }, 409)
    setup.session.otherwise = ({ body }) =>
      'search_mode' in (body as object) ? json(verifik.compareAnswers.documented) : needsMode
    const client = setup.connect()
    for (let i = 0; i < 2; i++) await client.compare(picture(), picture(), { ...search, minScore: 0.99 })
    expect(setup.session.requests).toHaveLength(3)
    expect(setup.session.requests[0]?.body).toMatchObject({ compare_min_score: 0.95 })
  })
})

describe('a client of Verifik lists people of a collection', () => {
  const inLobby = { _id: verifik.maria, name: 'María', collections: [verifik.lobby._id] }
  const elsewhere = { _id: verifik.nuno, name: 'Nuno', collections: [] }

  /** A service that filters by this name of a collection, or by none. */
  function filtering(by: string | null): void {
    setup.session.otherwise = ({ path, query }) => {
      if (path === '/collections') return json(verifik.collectionListAnswers.plain)
      const collection = query.get('collection')
      const all = [inLobby, { ...elsewhere, collections: ['65f1a0000000000000000009'] }]
      const data = by === null || collection === null ? all : collection === by ? [inLobby] : []
      return json({ data, pagination: { page: 1, limit: 100, total: data.length, pages: 1 } })
    }
  }

  it('whether the service knows it by its _id, by its code, or not at all', async () => {
    for (const by of [verifik.lobby._id, verifik.lobby.code, null]) {
      filtering(by)
      const client = setup.connect()
      for (let i = 0; i < 2; i++) {
        const page = await client.persons.list({ collectionId: verifik.lobby.code })
        expect(page).toMatchObject({ total: 1, pages: 1, persons: [{ id: verifik.maria }] })
      }
      expect((await client.persons.list({ collectionId: verifik.lobby.code, name: 'nun' })).persons).toEqual([])
      expect((await client.persons.list({ collectionId: verifik.lobby.code, name: 'MA' })).total).toBe(1)
      await rejects(client.persons.list({ collectionId: 'x' }), 'collection_not_found')
    }
  })

  it('and takes nobody for a member whom the service does not call one', async () => {
    const silent = [{ _id: verifik.maria }, { _id: verifik.nuno }]
    const collectionId = verifik.lobby.code
    // Filtered, as the numbers say.
    setup.session.otherwise = ({ path, query }) => {
      if (path === '/collections') return json(verifik.collectionListAnswers.plain)
      return query.get('collection') === verifik.lobby._id ? onlyPage(silent.slice(0, 1), 1) : onlyPage(silent, 2)
    }
    expect(await setup.connect().persons.list({ collectionId })).toMatchObject({ persons: [{ id: verifik.maria }] })
    // Perhaps filtered, perhaps not.
    setup.session.otherwise = ({ path }) =>
      path === '/collections' ? json(verifik.collectionListAnswers.plain) : onlyPage(silent, 2)
    await rejects(setup.connect().persons.list({ collectionId }), 'bad_response')
    // Nobody is found by the filter, and nobody is said to belong anywhere.
    setup.session.otherwise = ({ path, query }) => {
      if (path === '/collections') return json(verifik.collectionListAnswers.plain)
      return query.has('collection') ? onlyPage([], 0) : onlyPage(silent, 2)
    }
    expect(await walk(collectionId)).toEqual({ count: 0, complete: false })
    // A member and somebody who belongs nowhere: not filtered.
    const mixed = [inLobby, { ...elsewhere, collections: [] }]
    setup.session.otherwise = ({ path }) =>
      path === '/collections' ? json(verifik.collectionListAnswers.plain) : onlyPage(mixed, 2)
    expect((await setup.connect().persons.list({ collectionId })).persons.map(({ id }) => id)).toEqual([verifik.maria])
    expect(await walk(collectionId)).toEqual({ count: 1, complete: true })
  })

  it('one after the other over all pages, and says whether nobody was missed', async () => {
    const rows = Array.from({ length: 205 }, (_, i) => ({ _id: `p${i}` }))
    const pages = (page: number): unknown[] => rows.slice((page - 1) * 100, page * 100)
    const numbers = { limit: 100, total: 205, pages: 3 }
    setup.session.otherwise = ({ query }) => {
      const page = Number(query.get('page'))
      return json({ data: pages(page), pagination: { ...numbers, page } })
    }
    expect(await walk()).toEqual({ count: 205, complete: true })
    expect(setup.session.requests).toHaveLength(3)
    // Says nothing of how many there are.
    setup.session.otherwise = ({ query }) => json({ data: pages(Number(query.get('page'))) })
    expect(await walk()).toEqual({ count: 205, complete: false })
    // Passes over the page that is asked for.
    setup.session.otherwise = () => json({ data: pages(1), total: 205 })
    expect(await walk()).toEqual({ count: 100, complete: false })
    // Somebody comes while it is read.
    setup.session.otherwise = ({ query }) => {
      const page = Number(query.get('page'))
      return json({ data: pages(page), pagination: { ...numbers, page, total: page === 3 ? 206 : 205 } })
    }
    expect(await walk()).toEqual({ count: 205, complete: false })
  })
})
