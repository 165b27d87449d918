import { createMatcher, exportCollection, importCollection, memoryStore, type LocalMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { createVerifikClient, syncCollection, withFallback } from '@visavis/remote'
import { createServer } from '@visavis/server'
import { createRecognizerPool, createWorkerMatcher } from '@visavis/worker'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf } from './support/color-recognizer.ts'
import { facePath, startTestServer, type TestServer } from './support/test-server.ts'

const token = 'a-token-that-is-long-enough'
const asked = { minScore: 0.7, mode: 'FAST' } as const

let matcher: LocalMatcher
beforeEach(async () => {
  matcher = await createMatcher({ recognizer: colorRecognizer() })
  await matcher.collections.create({ id: 'gate', name: 'Gate' })
  await matcher.persons.create({ id: 'ana', name: 'Ana', images: [pictureOf(1)], collections: ['gate'] })
  await matcher.persons.create({ id: 'bo', name: 'Bo', images: [pictureOf(2)] })
})
afterEach(() => matcher.close())

/** What a caller without types passes. */
function written(options: object): never {
  return options as never
}

const client = createVerifikClient({ token, baseUrl: 'http://127.0.0.1:9' })

/** Each with a name that is not known, and what the error says was meant. */
const calls: Record<string, [call: () => unknown, meant: string]> = {
  search: [() => matcher.search(pictureOf(1), written({ ...asked, collection_id: 'gate' })), 'collectionId'],
  verify: [() => matcher.verify('ana', pictureOf(1), written({ ...asked, collection_id: 'gate' })), 'collectionId'],
  compare: [() => matcher.compare(pictureOf(1), pictureOf(1), written({ ...asked, min_score: 1 })), 'minScore'],
  detect: [() => matcher.detect(pictureOf(1), written({ signals: [] })), 'signal'],
  'persons.create': [
    () => matcher.persons.create(written({ name: 'Cy', images: [pictureOf(3)], collection: ['gate'] })),
    'collections',
  ],
  'persons.update': [() => matcher.persons.update('ana', written({ date_of_birth: null })), 'dateOfBirth'],
  'persons.list': [() => matcher.persons.list(written({ collection_id: 'gate' })), 'collectionId'],
  'collections.create': [() => matcher.collections.create(written({ names: 'Night', name: 'Night' })), 'name'],
  'collections.update': [() => matcher.collections.update('gate', written({ descriptions: '' })), 'description'],
  reembed: [() => matcher.reembed(written({ on_progress: () => {} })), 'onProgress'],
  verifyRecall: [() => matcher.verifyRecall(written({ probe: 3 })), 'probes'],
  createMatcher: [() => createMatcher(written({ recognizer: colorRecognizer(), stores: memoryStore() })), 'store'],
  createRecognizer: [() => createRecognizer(written({ models: 'dlib' })), 'model'],
  createRecognizerPool: [() => createRecognizerPool(written({ model: 'dlib', sizes: 2 })), 'size'],
  createWorkerMatcher: [() => createWorkerMatcher(written({ keep_inputs: true })), 'keepInputs'],
  createVerifikClient: [() => createVerifikClient(written({ token, base_url: 'http://127.0.0.1:9' })), 'baseUrl'],
  withFallback: [
    () => withFallback({ local: matcher, remote: client, policy: written({ nobody_found: true }) }),
    'nobodyFound',
  ],
  createServer: [
    () => createServer(written({ matcher, tokens: [{ token }], insecure_no_auth: true })),
    'insecureNoAuth',
  ],
  syncCollection: [() => syncCollection(written({ client, matcher, collectionId: 'gate', dry_run: true })), 'dryRun'],
  exportCollection: [() => exportCollection(matcher, written({ collection_id: 'gate' })).next(), 'collectionId'],
  importCollection: [() => importCollection(matcher, noFile(), written({ pass_phrase: 'x' })), 'passphrase'],
}

async function* noFile(): AsyncGenerator<Uint8Array> {}

describe('a name that is not known', () => {
  it.each(Object.entries(calls))('is refused by %s, with the one that was meant', async (_name, [call, meant]) => {
    await expect((async () => call())()).rejects.toMatchObject({
      code: 'invalid_option',
      message: expect.stringMatching(new RegExp(`did you mean (\\w+\\.)?${meant}\\?`)),
    })
    expect(await matcher.records.ids()).toEqual(['ana', 'bo'])
  })

  it.each([
    ['nothing', null],
    ['a list', []],
    ['a text', 'gate'],
    ['a function', () => {}],
  ])('is not looked for in %s, which is no object of options', async (_name, options) => {
    await expect(matcher.search(pictureOf(1), options as never)).rejects.toMatchObject({ code: 'invalid_option' })
    await expect(matcher.persons.list(options as never)).rejects.toMatchObject({ code: 'invalid_option' })
  })
})

describe('over HTTP, a name that is not known', () => {
  let server: TestServer
  beforeEach(async () => {
    server = await startTestServer(matcher)
  })
  afterEach(() => server[Symbol.asyncDispose]())

  it.each([
    ['DELETE', '/persons/ana?collection_id=gate', undefined],
    ['DELETE', '/persons/ana?Collection=gate', undefined],
    ['DELETE', '/collections/gate?person=ana', undefined],
    ['GET', '/persons?collection_id=', undefined],
    ['GET', '/persons?collection_id=gate', undefined],
    ['GET', '/persons/ana?collection=gate', undefined],
    ['GET', '/collections?name=gate', undefined],
    ['PUT', '/persons/ana', { collectionId: 'gate' }],
    ['POST', '/search/crops', { images: ['/9j/'], min_score: '0.7', search_mode: 'FAST', collectionId: 'gate' }],
    ['DELETE', '/persons/ana', { collection_id: 'gate' }],
  ])('is refused with 409 and changes nothing: %s %s', async (method, path, body) => {
    const answer = await server.send(method, facePath + path, body === undefined ? {} : { body })
    expect(answer.status).toBe(409)
    expect(await matcher.persons.get('ana')).toMatchObject({ collections: [{ id: 'gate' }] })
    expect(await matcher.collections.get('gate')).not.toBeNull()
  })

  it.each(['a b', 'ä/ö', 'a%2Fb', '😀', '..a', 'a?b=c#d', "o'brien", '%00%'])(
    'an id is as it was given, and deletes: %s',
    async (id) => {
      await matcher.persons.create({ id, name: 'Di', images: [pictureOf(9)] })
      const path = `${facePath}/persons/${encodeURIComponent(id)}`
      expect((await server.send('GET', path)).status).toBe(200)
      expect((await server.send('DELETE', path)).status).toBe(200)
      expect(await matcher.persons.get(id)).toBeNull()
    },
  )
})
