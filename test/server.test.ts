import { Validator } from '@seriousme/openapi-schema-validator'
import { createMatcher, type FaceMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { createServer } from '@visavis/server'
import {
  collectionAnswer,
  collectionListAnswer,
  compareAnswer,
  detectAnswer,
  errorBody,
  personAnswer,
  personListAnswer,
  personLookupAnswer,
  searchAnswer,
  verifyAnswer,
} from '@visavis/wire'
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faceFile, otherFaceFile } from './support/face-file.ts'
import { photoPath } from './support/photo-node.ts'
import { facePath, startTestServer, tokens, type Answer, type TestServer } from './support/test-server.ts'

let matcher: FaceMatcher
let server: TestServer
/** The code of the collection that Ada is in, and its `_id`. */
let staff: string
let staffId: string
let adaId: string
/** Crops as base64. */
let ada: string
let otherAda: string
let otherBea: string
let stranger: string

const text = async (file: Promise<Buffer>): Promise<string> => (await file).toString('base64')
const wall = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC'

beforeAll(async () => {
  matcher = await createMatcher({ recognizer: await createRecognizer() })
  server = await startTestServer(matcher)
  ada = await text(faceFile('Ada'))
  otherAda = await text(otherFaceFile('Ada'))
  otherBea = await text(otherFaceFile('Bea'))
  stranger = await text(faceFile('Gina'))
  const collection = await server.send('POST', `${facePath}/collections`, { body: { name: 'Front desk' } })
  ;({ code: staff, _id: staffId } = collection.body['data'] as { code: string; _id: string })
  const person = {
    name: 'Ada Prueba',
    images: [ada],
    gender: 'F',
    date_of_birth: '1988-11-30',
    nationality: 'AR',
    notes: 'Day shift',
    collections: [staffId],
  }
  adaId = ((await server.send('POST', `${facePath}/persons`, { body: person })).body['data'] as { _id: string })._id
  const bea = { name: 'Bea Prueba', images: [await text(faceFile('Bea'))] }
  await server.send('POST', `${facePath}/persons`, { body: bea })
})

afterAll(async () => {
  await server?.listener.close()
  await matcher?.close()
})

const search = (body: object, path = 'search/crops'): Promise<Answer> =>
  server.send('POST', `${facePath}/${path}`, { body: { search_mode: 'FAST', min_score: 0.7, ...body } })
const namesOf = ({ body }: Answer): (string | null)[] => searchAnswer.parse(body).data.map(({ name }) => name)

describe('search', () => {
  it("answers the request of Verifik's page with exactly its fields, min_score being text", async () => {
    const { status, body, headers } = await server.send('POST', `${facePath}/search/crops`, {
      body: { images: [otherAda], min_score: '0.7', search_mode: 'FAST', collection_id: staff },
    })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(Object.keys(body).sort()).toEqual(['data', 'id', 'signature'])
    expect(body['id']).toBe(headers.get('x-request-id'))
    expect(body['signature']).toEqual({
      message: expect.not.stringMatching(/verifik/i),
      dateTime: expect.stringMatching(/^[A-Z][a-z]+ \d{1,2}, \d{4} \d{1,2}:\d{2} [AP]M$/),
    })
    expect(body['data']).toEqual([
      {
        id: adaId,
        name: 'Ada Prueba',
        notes: 'Day shift',
        score: expect.any(Number),
        gender: 'F',
        thumbnails: [{ id: expect.any(String), thumbnail: expect.stringMatching(/^\/9j\//) }],
        collections: [
          {
            id: staff,
            name: 'Front desk',
            description: '',
            count: 1,
            create_date: expect.any(String),
            modified_date: expect.any(String),
          },
        ],
        create_date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/),
        nationality: 'AR',
        date_of_birth: '1988-11-30',
        modified_date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/),
      },
    ])
    const [{ score }] = body['data'] as [{ score: number }]
    expect(score).toBeGreaterThanOrEqual(0.7)
    expect(score).toBe(Math.floor(score * 1e4 + 1e-7) / 1e4)
  })

  it('finds whom the matcher finds in process, in the same order', async () => {
    for (const [crop, mode] of [
      [otherAda, 'FAST'],
      [otherBea, 'ACCURATE'],
    ] as const) {
      const here = await matcher.search(Buffer.from(crop, 'base64'), { minScore: 0.5, mode })
      const there = await search({ images: [crop], min_score: 0.5, search_mode: mode })
      expect(searchAnswer.parse(there.body).data.map(({ id }) => id)).toEqual(here.candidates.map(({ id }) => id))
    }
  })

  it('takes a collection by its code and by its _id, one to three pictures, data URIs and base64 with line breaks', async () => {
    expect(namesOf(await search({ images: [otherAda], collection_id: staffId }))).toEqual(['Ada Prueba'])
    const images = [otherAda, `data:image/jpeg;base64,${ada}`, (ada.match(/.{1,76}/g) ?? []).join('\r\n')]
    expect(namesOf(await search({ images, search_mode: 'ACCURATE' }))[0]).toBe('Ada Prueba')
  })

  it('takes larger pictures and lower scores on /search', async () => {
    const large = await text(faceFile('Ada', { size: 480, pixels: 640 }))
    const { status, body } = await search({ images: [large], min_score: 0.2 }, 'search')
    expect(status).toBe(200)
    const scores = searchAnswer.parse(body).data.map(({ score }) => score)
    expect(scores[0]).toBeGreaterThan(0.9)
    // Whatever was asked for, nobody is alike by less.
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.5)
  })

  it('answers an empty list where nobody is alike, and where the collection has nobody', async () => {
    expect(namesOf(await search({ images: [stranger], min_score: 0.9 }))).toEqual([])
    const { data } = collectionAnswer.parse(
      (await server.send('POST', `${facePath}/collections`, { body: { name: 'Nobody yet' } })).body,
    )
    expect(namesOf(await search({ images: [otherAda], collection_id: data.code }))).toEqual([])
    expect((await server.send('DELETE', `${facePath}/collections/${data._id}`)).status).toBe(200)
  })

  it.each<[string, object, number, string]>([
    ['no images', {}, 409, '"images" is required'],
    ['four images', { images: ['a', 'b', 'c', 'd'] }, 409, '"images" must contain less than or equal to 3 items'],
    ['no list', { images: 'abc' }, 409, '"images" must be an array'],
    ['a score too low for crops', { images: ['x'], min_score: 0.2 }, 409, '"min_score" must be greater than'],
    ['a score that is no number', { images: ['x'], min_score: 'high' }, 409, '"min_score" must be a number'],
    ['an unknown mode', { images: ['x'], search_mode: 'TURBO' }, 409, '"search_mode" must be one of'],
    ['too many results', { images: ['x'], max_results: 101 }, 409, '"max_results" must be less than'],
    ['text that is no base64', { images: ['!'.repeat(200)] }, 412, 'only_images_in_base64'],
    ['base64 that is no picture', { images: ['QUJD'.repeat(50)] }, 412, 'only_images_in_base64'],
    ['a picture without a face', { images: [wall] }, 409, 'no_face_detected'],
    ['an unknown collection', { images: [wall], collection_id: '0'.repeat(24) }, 404, 'invalid_collection'],
  ])('refuses %s as the service does', async (_, body, status, message) => {
    const answer = await search(body)
    expect(answer.status).toBe(status)
    const error = errorBody.parse(answer.body)
    expect(error.message.startsWith(message)).toBe(true)
    expect(error.code).toBe(message.startsWith('"') ? 'MissingParameter' : 'ERROR')
  })
})

const verify = (id: string, image: string): Promise<Answer> =>
  server.send('POST', `${facePath}/verify`, { body: { id, images: [image], min_score: 0.9, search_mode: 'FAST' } })
const compare = async (probe: string): Promise<boolean> => {
  const answer = await server.send('POST', `${facePath}/compare`, { body: { probe: [probe], gallery: [ada] } })
  return compareAnswer.parse(answer.body).data.result.passed
}

describe('verify, compare and detect', () => {
  it('verifies a person, and answers null for another', async () => {
    const same = await verify(adaId, otherAda)
    expect(verifyAnswer.parse(same.body).data.match).toMatchObject({ id: adaId, name: 'Ada Prueba' })
    const other = await verify(adaId, stranger)
    expect(other.status).toBe(200)
    expect(verifyAnswer.parse(other.body).data.match).toBeNull()
    expect(await verify('nobody', otherAda)).toMatchObject({
      status: 404,
      body: { error: 'Person not found', message: 'PERSON_NOT_FOUND' },
    })
  })

  it('compares two pictures', async () => {
    expect([await compare(otherAda), await compare(stranger)]).toEqual([true, false])
  })

  it('detects the faces of a photograph, and whose they are where that is asked', async () => {
    const image = (await readFile(photoPath(6))).toString('base64')
    const detect = async (more: object): Promise<(string | null)[][]> => {
      const { body } = await server.send('POST', `${facePath}/detect`, { body: { image, ...more } })
      return detectAnswer.parse(body).data.map(({ persons }) => persons.map(({ name }) => name))
    }
    expect(await detect({})).toEqual([[], [], [], []])
    const found = await detect({ min_score: 0.9, search_mode: 'ACCURATE', collection_id: staff })
    expect(found.flat()).toEqual(['Ada Prueba'])
  })

  it.each(['liveness', 'liveness-score', 'search-live-face', 'search-active-user', 'compare-live'])(
    'does not pretend to judge liveness on /%s',
    async (path) => {
      const answer = await server.send('POST', `${facePath}/${path}`, { body: { image: ada, os: 'DESKTOP' } })
      expect(answer).toMatchObject({ status: 501, body: { message: 'liveness_not_supported' } })
    },
  )
})

describe('persons', () => {
  const path = `${facePath}/persons`

  it('gives, changes and removes a person', async () => {
    const images = [await text(faceFile('Dora'))]
    const created = personAnswer.parse(
      (await server.send('POST', path, { body: { name: 'Dora', images, collections: [staff] } })).body,
    )
    const id = created.data._id
    expect(created.data).toMatchObject({ name: 'Dora', collections: [staffId], thumbnails: [expect.anything()] })
    const changes = { notes: 'Night shift', date_of_birth: '1990-01-02', collections: [] }
    const changed = personAnswer.parse((await server.send('PUT', `${path}/${id}`, { body: changes })).body)
    expect(changed.data).toMatchObject({ ...changes, name: 'Dora' })
    const enrolled = changed.data.thumbnails
    const replaced = await server.send('PUT', `${path}/${id}`, { body: { images: [stranger] } })
    expect(personAnswer.parse(replaced.body).data.thumbnails).not.toEqual(enrolled)
    expect(namesOf(await search({ images: [stranger] }))).toEqual(['Dora'])
    const deleted = await server.send('DELETE', `${path}/${id}`)
    expect(deleted.body).toEqual({ id: expect.any(String), data: { _id: id }, signature: expect.anything() })
    expect((await server.send('GET', `${path}/${id}`)).status).toBe(404)
    expect((await server.send('DELETE', `${path}/${id}`)).status).toBe(404)
    expect(namesOf(await search({ images: [stranger], min_score: 0.9 }))).toEqual([])
  })

  it('takes a person out of one collection, and leaves them enrolled', async () => {
    const take = async (collection: string): Promise<number> =>
      (await server.send('DELETE', `${path}/${adaId}?collection=${collection}`)).status
    expect(await take(staff)).toBe(200)
    expect((await matcher.persons.get(adaId))?.collections).toEqual([])
    expect(await take('nowhere')).toBe(404)
    await server.send('PUT', `${path}/${adaId}`, { body: { collections: [staff] } })
    expect((await matcher.persons.get(adaId))?.collections.map(({ id }) => id)).toEqual([staff])
  })

  it('lists people page by page, of one collection, and with their collections whole', async () => {
    const list = async (query: string): Promise<ReturnType<typeof personListAnswer.parse>> =>
      personListAnswer.parse((await server.send('GET', `${path}?${query}`)).body)
    const first = await list('limit=1')
    const second = await list('limit=1&page=2')
    expect(first.pagination).toEqual({ page: 1, limit: 1, total: 2, pages: 2 })
    expect([...first.data, ...second.data].map(({ name }) => name).sort()).toEqual(['Ada Prueba', 'Bea Prueba'])
    expect((await list('limit=5000')).pagination.limit).toBe(100)
    expect((await list(`collection=${staffId}`)).data.map(({ name }) => name)).toEqual(['Ada Prueba'])
    expect((await list('like_name=BEA')).data.map(({ name }) => name)).toEqual(['Bea Prueba'])
    expect((await list('status=inactive')).data).toEqual([])
    const [row] = (await list(`collection=${staff}&populates[]=collections`)).data
    expect(row?.collections).toEqual([expect.objectContaining({ _id: staffId, code: staff, name: 'Front desk' })])
    expect(await server.send('GET', `${path}?page=0`)).toMatchObject({ status: 409 })
  })

  it('looks people up by name and day of birth', async () => {
    const lookUp = async (query: string): Promise<ReturnType<typeof personLookupAnswer.parse>> =>
      personLookupAnswer.parse((await server.send('GET', `${path}/lookup?${query}`)).body)
    expect((await lookUp('name=prueba')).total).toBe(2)
    expect((await lookUp('name=prueba&date_of_birth=1988-11-30')).data.map(({ name }) => name)).toEqual(['Ada Prueba'])
    expect(await lookUp('name=nobody')).toEqual({ data: [], total: 0 })
    expect(await server.send('GET', `${path}/lookup`)).toMatchObject({
      status: 409,
      body: { message: '"name" is required' },
    })
  })

  it('enrolls nobody where one of the pictures is no good', async () => {
    const body = { name: 'Eva', images: [stranger, wall] }
    expect(await server.send('POST', path, { body })).toMatchObject({
      status: 409,
      body: { message: 'no_face_detected', details: { picture: 2 } },
    })
    expect((await matcher.persons.list()).total).toBe(2)
  })
})

describe('collections', () => {
  const path = `${facePath}/collections`

  it('makes, lists, gives, renames and removes one, by its _id or its code', async () => {
    const made = collectionAnswer.parse((await server.send('POST', path, { body: { name: 'Guests' } })).body).data
    expect(made).toMatchObject({ _id: expect.stringMatching(/^[\da-f]{24}$/), name: 'Guests', deleted: false })
    expect((await server.send('GET', `${path}/${made.code}`)).body).toEqual({ data: made })
    const changes = { name: 'Visitors', description: 'For a day' }
    const renamed = (await server.send('PUT', `${path}/${made._id}`, { body: changes })).body
    expect(collectionAnswer.parse(renamed).data).toMatchObject({ ...changes, code: made.code })
    const names = async (query = ''): Promise<string[]> =>
      collectionListAnswer.parse((await server.send('GET', path + query)).body).data.map(({ name }) => name)
    expect(await names()).toEqual(['Front desk', 'Visitors'])
    expect(await names('?like_name=visit')).toEqual(['Visitors'])
    const removed = await server.send('DELETE', `${path}/${made._id}`)
    expect(removed.body).toMatchObject({ data: { _id: made._id, deleted: true } })
    expect(await server.send('GET', `${path}/${made._id}`)).toMatchObject({
      status: 404,
      body: { message: 'invalid_collection', code: 'ERROR' },
    })
  })
})

describe('what surrounds the endpoints', () => {
  it('gives a client that renews its token the same one again', async () => {
    const { body } = await server.send('GET', '/v2/auth/session?origin=refresh&expiresIn=1', { token: tokens.read })
    expect(body).toEqual({ accessToken: tokens.read, tokenType: 'bearer' })
  })

  it('serves an OpenAPI document that is valid, and has every endpoint', async () => {
    const { body } = await server.send('GET', '/openapi.json', { token: null })
    const result = await new Validator().validate(structuredClone(body))
    expect(result.errors ?? []).toEqual([])
    expect(result.valid).toBe(true)
    const paths = body['paths'] as Record<string, Record<string, { requestBody?: unknown }>>
    expect(Object.keys(paths)).toContain(`${facePath}/search/crops`)
    expect(Object.keys(paths[`${facePath}/persons/{id}`] ?? {})).toEqual(['get', 'put', 'delete'])
    expect(JSON.stringify(paths[`${facePath}/search/crops`]?.['post']?.requestBody)).toContain('min_score')
  })

  it('says that it lives and is ready without a token, and measures for who has one', async () => {
    expect(await server.send('GET', '/health', { token: null })).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await server.send('GET', '/ready', { token: null })).toMatchObject({
      status: 200,
      body: { status: 'ready' },
    })
    expect(await server.send('GET', '/metrics', { token: null })).toMatchObject({ status: 401 })
    const before = (await server.send('GET', '/metrics')).text
    await search({ images: [otherAda] })
    const { text: after, headers } = await server.send('GET', '/metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(searchesFound(after)).toBe(searchesFound(before) + 1)
    expect(after).toMatch(/visavis_http_requests_total\{method="POST",route="[^"]+crops",status="200"\} \d+/)
    expect(after).toMatch(/visavis_refusals_total\{code="no_face"\} \d+/)
    expect(after).toContain('process_resident_memory_bytes')
  })

  it('answers requests without a network, and on several ports', async () => {
    const mounted = createServer({ matcher, tokens: [{ token: tokens.all }] })
    const request = new Request(`https://faces.example${facePath}/collections`, {
      headers: { authorization: `Bearer ${tokens.all}` },
    })
    const { data } = collectionListAnswer.parse(await (await mounted.fetch(request)).json())
    expect(data.map(({ code }) => code)).toEqual([staff])
    await using first = await mounted.listen()
    await using second = await mounted.listen({ host: 'localhost' })
    for (const { url } of [first, second]) expect((await fetch(`${url}/ready`)).status).toBe(200)
  })

  it('answers what it does not know with JSON', async () => {
    expect(await server.send('GET', '/v1/anything')).toMatchObject({ status: 404, body: { code: 'NotFound' } })
    const wrong = await server.send('PATCH', `${facePath}/collections`)
    expect(wrong).toMatchObject({ status: 405, body: { code: 'MethodNotAllowed' } })
    expect(wrong.headers.get('allow')).toBe('GET, POST')
  })

  it('forbids caches to keep anything', async () => {
    const { headers } = await server.send('GET', `${facePath}/persons`)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})

it('logs every request, and nothing of faces, names, tokens or persons', async () => {
  const requests = server.log.filter(({ event }) => event === 'request')
  expect(requests.length).toBeGreaterThan(50)
  expect(requests).toContainEqual(
    expect.objectContaining({ method: 'POST', route: `${facePath}/search/crops`, status: 200, caller: 'office' }),
  )
  const everything = JSON.stringify(server.log) + (await server.send('GET', '/metrics')).text
  for (const secret of [
    ...Object.values(tokens),
    adaId,
    'Ada',
    'Bea',
    'Dora',
    'Prueba',
    '1988-11-30',
    ada.slice(40, 80),
  ]) {
    expect(everything).not.toContain(secret)
  }
})

function searchesFound(metrics: string): number {
  return Number(/visavis_searches_total\{outcome="found"\} (\d+)/.exec(metrics)?.[1])
}
