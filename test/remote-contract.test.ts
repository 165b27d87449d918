import { createMatcher, type FaceMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { createVerifikClient } from '@visavis/remote'
import { createServer } from '@visavis/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeFaceMatcher } from './contracts/face-matcher.ts'
import { people, type PhotoNumber } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut, type Photo } from './support/photo.ts'

/** A matcher, and a client of a server over it; closing it closes all three. */
async function createPair(): Promise<{ matcher: FaceMatcher; client: FaceMatcher }> {
  const matcher = await createMatcher({ recognizer: await createRecognizer() })
  const token = 'a-token-of-the-contract'
  const listener = await createServer({ matcher, tokens: [{ token }] }).listen()
  const timeouts = { attempt: 60_000, total: 120_000 }
  const client = createVerifikClient({ baseUrl: listener.url, token, server: 'visavis', timeouts })
  const closeClient = client.close.bind(client)
  const close = async (): Promise<void> => {
    await closeClient()
    await listener.close()
    await matcher.close()
  }
  // A server of visavis says all that a face has, which the type of the client leaves open for others.
  return { matcher, client: Object.assign(client, { close, [Symbol.asyncDispose]: close }) as FaceMatcher }
}

describeFaceMatcher('a client and a server that speak over HTTP', {
  create: async () => (await createPair()).client,
  loadPhoto,
  source: 'remote',
})

describe('a client of a server', () => {
  let matcher: FaceMatcher
  let client: FaceMatcher
  let photos: Record<PhotoNumber, Photo>

  beforeAll(async () => {
    ;({ matcher, client } = await createPair())
    photos = { 3: await loadPhoto(3), 6: await loadPhoto(6) }
    for (const [name, { photo, ...place }] of Object.entries(people)) {
      const images = [cut(photos[photo], place)]
      await matcher.persons.create({ id: name, name, images, dateOfBirth: '1990-01-01', notes: 'ñ "quoted"' })
    }
  })
  afterAll(() => client?.close())

  it('finds the same people in the same order as the matcher behind it, with all that is known of them', async () => {
    for (const { photo, ...place } of Object.values(people)) {
      const probe = cut(photos[photo], { ...place, x: place.x + 9, gain: 0.85 })
      const options = { minScore: 0.5, mode: 'ACCURATE', maxResults: 100 } as const
      const near = await matcher.search(probe, options)
      const far = await client.search(probe, options)
      // Both pictures are JPEG on the way, so scores differ by what that makes of them.
      const [wanted, got] = [near, far].map(({ candidates }) => candidates[0])
      expect(got).toEqual({ ...wanted, score: expect.closeTo(wanted?.score as number, 1) })
      const sure = near.candidates.filter(({ score }) => score > 0.6).map(({ id }) => id)
      expect(far.candidates.slice(0, sure.length).map(({ id }) => id)).toEqual(sure)
    }
  })
})
