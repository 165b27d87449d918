import { createMatcher, isVisavisError, type FaceMatcher, type Recognizer } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { createRecognizerPool, createWorkerMatcher } from '@visavis/worker'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faceFile } from './support/face-file.ts'
import { people } from './support/people.ts'
import { photoPath } from './support/photo-node.ts'
import { facePath, startTestServer, type TestServer } from './support/test-server.ts'

/** Pictures that are searched as a whole, as crops so loose are, and two that show several people. */
let pictures: Buffer[]

beforeAll(async () => {
  const places = Object.keys(people)
  const loose = places.flatMap((person, i) => {
    const { x, y, size } = people[person] as (typeof people)[string]
    const aside = { x: x + 25 * (i % 3), y: y - 30 * (i % 2) }
    return [
      faceFile(person, { ...aside, size: size * 1.6, pixels: 90 + 12 * i }),
      faceFile(person, { ...aside, size: size * 2.3, pixels: 150 - 9 * i }),
    ]
  })
  const photographs = [1, 6].map((number) => sharp(photoPath(number)).resize(330).png().toBuffer())
  pictures = await Promise.all([...loose, ...photographs])
})

/** What came of each picture, by its place in `pictures`, whatever the order they were given in. */
type Outcomes = readonly unknown[]

/** Gives the pictures one after the other, in an order. */
async function inOrder(order: readonly number[], outcomeOf: (picture: Buffer) => Promise<unknown>): Promise<Outcomes> {
  const outcomes: unknown[] = []
  for (const i of order) outcomes[i] = await outcomeOf(pictures[i] as Buffer)
  return outcomes
}

/** Gives all pictures at once. */
async function atOnce(order: readonly number[], outcomeOf: (picture: Buffer) => Promise<unknown>): Promise<Outcomes> {
  const outcomes: unknown[] = []
  await Promise.all(
    order.map(async (i) => {
      outcomes[i] = await outcomeOf(pictures[i] as Buffer)
    }),
  )
  return outcomes
}

const forward = (): number[] => pictures.map((_, i) => i)
const backward = (): number[] => forward().toReversed()

async function orCode<T>(call: Promise<T>): Promise<T | string> {
  try {
    return await call
  } catch (error) {
    if (!isVisavisError(error)) throw error
    return error.code
  }
}

async function templatesOf(recognizer: Recognizer, picture: Buffer): Promise<unknown> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const image = { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) } as const
  const template = async (mode: 'FAST' | 'ACCURATE', purpose: 'search' | 'enroll'): Promise<unknown> => {
    const made = await orCode(recognizer.recognize(image, { mode, purpose }))
    return typeof made === 'string' ? made : { template: made.template, face: made.face }
  }
  return [await template('FAST', 'search'), await template('ACCURATE', 'enroll'), await recognizer.detect(image)]
}

async function answerOf(home: FaceMatcher, picture: Buffer): Promise<unknown> {
  const answer = await orCode(home.search(picture, { minScore: 0.2, mode: 'FAST' }))
  const found = await home.detect(picture)
  return [typeof answer === 'string' ? answer : answer.candidates.map(({ id, score }) => ({ id, score })), found]
}

function overHttp(server: TestServer): (picture: Buffer) => Promise<unknown> {
  return async (picture) => {
    const images = [picture.toString('base64')]
    const search = { images, min_score: 0.2, search_mode: 'FAST' }
    const { status, body } = await server.send('POST', `${facePath}/search`, { body: search })
    const detected = await server.send('POST', `${facePath}/detect`, { body: { image: images[0] } })
    return [status, body['data'] ?? body['code'], detected.status, detected.body['data'] ?? detected.body['code']]
  }
}

describe('what is made of a picture depends on that picture alone', () => {
  let lone: Recognizer
  let expected: Outcomes
  beforeAll(async () => {
    lone = await createRecognizer()
    expected = await inOrder(forward(), (picture) => templatesOf(lone, picture))
  })
  afterAll(() => lone?.close())

  it('among pictures of which some are refused, and some show several people', () => {
    const text = expected.map((outcome) => JSON.stringify((outcome as unknown[]).slice(0, 2)))
    expect(text.filter((one) => one.includes('template')).length).toBeGreaterThan(pictures.length / 2)
    expect(text.filter((one) => one.includes('no_face') || one.includes('multiple_faces'))).not.toEqual([])
  })

  it('in a recognizer, in any order', async () => {
    const order = fc.shuffledSubarray(forward(), { minLength: pictures.length })
    const property = fc.asyncProperty(order, async (shuffled) => {
      expect(await inOrder(shuffled, (picture) => templatesOf(lone, picture))).toEqual(expected)
    })
    await fc.assert(property, { numRuns: 3, endOnFailure: true, examples: [[backward()]] })
  })

  it('in a recognizer that is given all of them at once', async () => {
    expect(await atOnce(backward(), (picture) => templatesOf(lone, picture))).toEqual(expected)
  })

  it('in a pool of recognizers', async () => {
    const pool = await createRecognizerPool({ size: 2 })
    expect(await atOnce(backward(), (picture) => templatesOf(pool, picture))).toEqual(expected)
    expect(await atOnce(forward(), (picture) => templatesOf(pool, picture))).toEqual(expected)
    await pool.close()
  })
})

describe('the answer to a picture depends on that picture alone', () => {
  let matcher: FaceMatcher
  let worker: FaceMatcher
  let server: TestServer
  let expected: Outcomes
  beforeAll(async () => {
    matcher = await createMatcher({ recognizer: await createRecognizer() })
    worker = await createWorkerMatcher({ keepInputs: true })
    for (const home of [matcher, worker]) {
      for (const id of Object.keys(people)) await home.persons.create({ id, name: id, images: [await faceFile(id)] })
    }
    server = await startTestServer(matcher)
    expected = await inOrder(forward(), (picture) => answerOf(matcher, picture))
  })
  afterAll(async () => {
    await server?.listener.close()
    await worker?.close()
    await matcher?.close()
  })

  it('in a matcher, in any order and at once', async () => {
    expect(await inOrder(backward(), (picture) => answerOf(matcher, picture))).toEqual(expected)
    expect(await atOnce(backward(), (picture) => answerOf(matcher, picture))).toEqual(expected)
  })

  it('in a worker, in any order and at once', async () => {
    expect(await inOrder(backward(), (picture) => answerOf(worker, picture))).toEqual(expected)
    expect(await atOnce(forward(), (picture) => answerOf(worker, picture))).toEqual(expected)
  })

  it('over HTTP, in any order and two at once', async () => {
    const asked = await inOrder(forward(), overHttp(server))
    expect(asked.filter((one) => (one as unknown[])[0] === 200).length).toBeGreaterThan(pictures.length / 2)
    expect(await inOrder(backward(), overHttp(server))).toEqual(asked)
    const middle = pictures.length / 2
    const [one, other] = await Promise.all([
      inOrder(forward().slice(0, middle), overHttp(server)),
      inOrder(backward().slice(0, middle), overHttp(server)),
    ])
    expect(forward().map((i) => one[i] ?? other[i])).toEqual(asked)
  })
})
