import { createServer, type AddressInfo, type Socket } from 'node:net'
import { createMatcher, type FaceMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { withFallback, type FallbackEvent } from '@visavis/remote'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as verifik from './fixtures/verifik-answers.ts'
import { people } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut, type Photo } from './support/photo.ts'
import { rejects } from './support/rejects.ts'
import { json, setUpClients } from './support/verifik-client.ts'

const setup = setUpClients()
const search = { minScore: 0.8, mode: 'FAST' } as const

describe('a matcher with the cloud behind it', () => {
  let matcher: FaceMatcher
  let photo: Photo
  let staff: string
  const look = (name: 'Ada' | 'Bea'): ReturnType<typeof cut> => cut(photo, people[name] as Parameters<typeof cut>[1])

  beforeAll(async () => {
    photo = await loadPhoto(6)
    matcher = await createMatcher({ recognizer: await createRecognizer() })
    staff = (await matcher.collections.create({ name: 'Staff' })).id
    await matcher.persons.create({ id: 'Ada', name: 'Ada', images: [look('Ada')], collections: [staff] })
  })
  afterAll(() => matcher?.close())

  it('sends no face without a policy, and only those that it names with one', async () => {
    setup.session.otherwise = () => json(verifik.searchAnswers.oneMatch)
    const silent = withFallback({ local: matcher, remote: setup.connect() })
    expect((await silent.search(look('Ada'), search)).candidates[0]?.id).toBe('Ada')
    expect((await silent.search(look('Bea'), search)).candidates).toEqual([])
    await rejects(silent.search(look('Bea'), { ...search, collectionId: verifik.lobby.code }), 'collection_not_found')
    expect(setup.session.requests).toEqual([])

    const policy = { collectionMissing: true, nobodyFound: true }
    const searcher = withFallback({ local: matcher, remote: setup.connect(), policy })
    expect(await searcher.search(look('Ada'), search)).toMatchObject({ source: 'local', choice: { reason: 'first' } })
    const wall = { width: 120, height: 120, data: new Uint8Array(120 * 120 * 3).fill(200) }
    await rejects(searcher.search(wall, search), 'no_face')
    expect(setup.session.requests).toEqual([])
    for (const [options, reason] of [
      [{}, 'nobody_found'],
      [{ collectionId: verifik.lobby.code }, 'collection_missing'],
    ] as const) {
      const answer = await searcher.search(look('Bea'), { ...search, ...options })
      expect(answer).toMatchObject({ source: 'remote', choice: { reason }, candidates: [{ id: verifik.maria }] })
    }
    expect(setup.session.requests.map(({ path }) => path)).toEqual(['/search/crops', '/search/crops'])
  })

  it('answers from this device when the network is dead, after one short wait in all', async () => {
    // Takes connections and never says a word.
    const silence = createServer()
    await new Promise<void>((resolve) => {
      silence.listen(0, '127.0.0.1', resolve)
    })
    const sockets: Socket[] = []
    silence.on('connection', (socket) => sockets.push(socket.on('error', () => {})))
    const events: FallbackEvent[] = []
    const remote = setup.connect({ baseUrl: `http://127.0.0.1:${(silence.address() as AddressInfo).port}` })
    const searcher = withFallback({
      local: matcher,
      remote,
      policy: { first: 'remote' },
      timeout: 200,
      onEvent: (event) => events.push(event),
    })
    for (let i = 0; i < 5; i++) {
      expect(await searcher.search(look('Ada'), search)).toMatchObject({
        source: 'local',
        candidates: [{ id: 'Ada' }],
        choice: { reason: 'remote_failed', failed: 'timeout' },
      })
    }
    expect(sockets).toHaveLength(1)
    expect(events.map(({ type }) => type)).toEqual(['remote_asked', 'remote_failed', 'remote_paused'])
    await remote.close()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => {
      silence.close(resolve)
    })
  })
})
