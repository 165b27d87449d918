import type { Candidate } from '@visavis/core'
import { describe, expect, it } from 'vitest'
import * as verifik from './fixtures/verifik-answers.ts'
import { rejects } from './support/rejects.ts'
import { json, picture, search, setUpClients } from './support/verifik-client.ts'

const setup = setUpClients()

describe('a client of Verifik reads', () => {
  it('every shape of a search that found somebody', async () => {
    const client = setup.connect()
    for (const [name, body] of Object.entries(verifik.searchAnswers)) {
      if (name === 'noMatch') continue
      setup.session.plays.push(json(body))
      const { candidates, source, id } = await client.search(picture(), search)
      expect.soft(candidates[0], name).toMatchObject({ id: verifik.maria, score: 0.9671 })
      expect.soft(candidates.map((one) => one.id).slice(1), name).toEqual(/two|worst/.test(name) ? [verifik.nuno] : [])
      expect.soft(source, name).toBe('remote')
      expect.soft(id, name).toMatch('id' in body ? body.id : /^\w+$/)
    }
    expect(setup.events.filter(({ type }) => type === 'percent_scores')).toHaveLength(1)
  })

  it('all that a candidate has, in the terms of core', async () => {
    setup.session.plays.push(json(verifik.searchAnswers.oneMatch))
    const { candidates } = await setup.connect().search(picture(), search)
    expect(candidates).toEqual([
      {
        id: verifik.maria,
        name: 'María Ensayo',
        notes: 'Second floor',
        score: 0.9671,
        gender: 'F',
        dateOfBirth: '1991-07-14',
        nationality: 'PT',
        thumbnails: [
          {
            id: '0b7c2f6e-5a55-4c0e-8f3a-6c8f2f1b7e21',
            image: new Uint8Array(Buffer.from(verifik.tinyJpeg, 'base64')),
          },
        ],
        collections: [
          {
            id: verifik.lobby.code,
            name: 'Lobby',
            description: 'Main entrance',
            count: 31,
            createdAt: '2026-04-02T07:30:00.250Z',
            modifiedAt: '2026-05-20T18:45:10.000Z',
          },
        ],
        createdAt: '2026-04-03T09:00:00.000Z',
        modifiedAt: '2026-05-01T10:10:10.999Z',
      } satisfies Candidate,
    ])
  })

  it('that nobody was found, in both ways of saying so', async () => {
    setup.session.plays.push(
      json(verifik.searchAnswers.noMatch),
      json({ message: 'person_not_found', code: 'ERROR' }, 404),
    )
    expect((await setup.connect().search(picture(), search)).candidates).toEqual([])
    expect((await setup.connect().search(picture(), search)).candidates).toEqual([])
  })

  it('every shape of a verification', async () => {
    const client = setup.connect()
    for (const [name, body] of Object.entries(verifik.verifyAnswers)) {
      setup.session.plays.push(json(body), json(body))
      const { match, score } = await client.verify(verifik.maria, picture(), search)
      expect.soft([match?.id, score], name).toEqual(name === 'match' ? [verifik.maria, 0.9671] : [undefined, 0])
      // The service may answer with a match below what was asked for.
      expect.soft((await client.verify(verifik.maria, picture(), { ...search, minScore: 0.97 })).match, name).toBeNull()
    }
  })

  it('every shape of a comparison', async () => {
    const client = setup.connect()
    for (const [name, body] of Object.entries(verifik.compareAnswers)) {
      setup.session.plays.push(json(body), json(body))
      expect.soft(await client.compare(picture(), picture(), { ...search, minScore: 0.88 }), name).toEqual({
        score: 0.88,
        passed: true,
      })
      expect.soft((await client.compare(picture(), picture(), { ...search, minScore: 0.881 })).passed, name).toBe(false)
    }
  })

  it('every shape of a detection, in pixels of the picture that was passed', async () => {
    const client = setup.connect()
    const { none, ...found } = verifik.detectAnswers
    for (const [name, body] of Object.entries(found)) {
      setup.session.plays.push(json(body), json(body))
      const [small] = await client.detect(picture(200))
      // Sent at half its size.
      const [large] = await client.detect(picture(3200, 100))
      expect.soft(small, name).toMatchObject({ box: { left: 40, top: 30, right: 120, bottom: 140 }, score: 0.93 })
      expect.soft(large, name).toMatchObject({ box: { left: 80, top: 60, right: 240, bottom: 280 } })
      expect.soft([...(small?.thumbnail.subarray(0, 2) ?? [])], name).toEqual([0xff, 0xd8])
      expect.soft(small?.landmarks?.leftEye, name).toEqual(name === 'boundingBox' ? undefined : [60, 70])
      expect.soft(large?.landmarks?.nose, name).toEqual(name === 'boundingBox' ? undefined : [160, 190])
    }
    setup.session.plays.push(json(none), json(verifik.errorAnswers.noFace.body, 409))
    expect(await client.detect(picture())).toEqual([])
    expect(await client.detect(picture())).toEqual([])
  })

  it('every shape of liveness, where just enough is not enough', async () => {
    const client = setup.connect()
    for (const [name, body] of Object.entries(verifik.livenessAnswers)) {
      setup.session.plays.push(json(body))
      expect.soft((await client.liveness(picture())).passed, name).toBe(name === 'pass')
    }
    setup.session.plays.push(json(verifik.errorAnswers.notAlive.body, 409))
    expect(await client.liveness(picture(), { os: 'IOS' })).toEqual({ passed: false, score: 0.45 })
  })

  it('every shape of a person and of a list of people, with the names of their collections', async () => {
    const client = setup.connect()
    const lists = { ...verifik.listAnswers, lookup: verifik.lookupAnswers.found }
    setup.session.plays.push(json(verifik.personAnswers.created), json(verifik.collectionListAnswers.signed))
    const maria = await client.persons.get(verifik.maria)
    expect(maria).toMatchObject({
      id: verifik.maria,
      name: 'María Ensayo',
      dateOfBirth: '1991-07-14',
      collections: [{ id: verifik.lobby.code, name: 'Lobby', count: null }],
    })
    for (const [name, body] of Object.entries(verifik.personAnswers)) {
      setup.session.plays.push(json(body))
      const person = await client.persons.get(verifik.maria)
      expect.soft({ ...person, thumbnails: [] }, name).toEqual({ ...maria, thumbnails: [] })
      expect.soft(person?.thumbnails, name).toHaveLength(name === 'dayInParts' ? 0 : 1)
    }
    for (const [name, body] of Object.entries(lists)) {
      setup.session.plays.push(json(body))
      const page = await client.persons.list(name === 'lookup' ? { name: 'María' } : {})
      expect
        .soft(page, name)
        .toMatchObject({ page: 1, limit: 10, total: 1, pages: 1, persons: [{ id: verifik.maria }] })
      expect.soft(page.persons[0]?.collections[0]?.name, name).toBe('Lobby')
    }
    setup.session.plays.push(json(verifik.pastTheEnd), json(verifik.lookupAnswers.none))
    expect(await client.persons.list({ page: 9 })).toMatchObject({ persons: [], total: 1 })
    expect(await client.persons.list({ name: 'Nobody' })).toMatchObject({ persons: [], total: 0 })
  })

  it('every shape of collections', async () => {
    const client = setup.connect()
    for (const body of Object.values(verifik.collectionListAnswers)) {
      setup.session.plays.push(json(body))
      expect(await client.collections.list()).toMatchObject([{ id: verifik.lobby.code, name: 'Lobby' }])
    }
    for (const id of [verifik.lobby.code, verifik.lobby._id]) {
      setup.session.plays.push(json(verifik.collectionAnswer))
      expect(await client.collections.get(id)).toMatchObject({ id: verifik.lobby.code })
      expect(setup.session.requests.at(-1)?.path).toBe(`/collections/${verifik.lobby._id}`)
    }
    setup.session.plays.push(json(verifik.noCollections))
    expect(await client.collections.list()).toEqual([])
  })

  it('every shape of an error', async () => {
    const client = setup.connect({ retry: { retries: 0 } })
    for (const [name, { status, body, code }] of Object.entries(verifik.errorAnswers)) {
      setup.session.otherwise = () => json(body, status)
      const error = await client.verify(verifik.maria, picture(), search).catch((reason: unknown) => reason)
      expect.soft(error, name).toMatchObject({ code })
      expect.soft((error as Error).message, name).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('an error inside an answer that says all is well', async () => {
    setup.session.otherwise = () => json(verifik.errorAnswers.duplicate.body)
    await rejects(setup.connect().persons.create({ name: 'María', images: [picture()] }), 'person_exists')
    setup.session.otherwise = () => json({ data: { code: 'ERR_ENTITY_NOT_FOUND' } })
    await rejects(setup.connect().search(picture(), search), 'collection_not_found')
  })
})
