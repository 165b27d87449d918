import {
  createMatcher,
  encryptedStore,
  memoryStore,
  syncTimeKey,
  type LocalMatcher,
  type PersonRecord,
  type Store,
  type StoreChange,
} from '@visavis/core'
import { toShrunkJpeg } from '@visavis/core/kit'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { colorRecognizer, emptyPicture, pictureOf, templateOf } from './support/color-recognizer.ts'
import { rejects } from './support/rejects.ts'

const time = '2026-01-05T08:00:00.000Z'
const search = { minScore: 0.7, mode: 'FAST' } as const
const collection = { id: 'c', name: 'C', description: '', createdAt: time, modifiedAt: time }

const opened: LocalMatcher[] = []
afterEach(async () => {
  for (const matcher of opened.splice(0)) await matcher.close()
})

async function open(store: Store, model?: string): Promise<LocalMatcher> {
  const matcher = await createMatcher({ recognizer: colorRecognizer(model), store })
  opened.push(matcher)
  return matcher
}

function person(number: number, more: Partial<PersonRecord> = {}): PersonRecord {
  return {
    id: `p${number}`,
    name: `Name ${number}`,
    gender: null,
    dateOfBirth: null,
    nationality: null,
    notes: null,
    collectionIds: ['c'],
    faces: [{ id: `f${number}`, thumbnail: Uint8Array.of(1), modelId: 'colors', template: templateOf(number) }],
    createdAt: time,
    modifiedAt: time,
    ...more,
  }
}

const put = (record: PersonRecord): StoreChange => ({ kind: 'put_person', person: record })

const found = async (matcher: LocalMatcher, number: number): Promise<string | null | undefined> =>
  (await matcher.search(pictureOf(number), search)).candidates[0]?.name

/** With each generation everybody gets the face and the name of the next one: who has face 3 is always called so. */
function generation(version: number): StoreChange[] {
  return Array.from({ length: 20 }, (_, i) => {
    const { name, faces } = person((i + version) % 20)
    return { kind: 'stage_person', area: 'a', person: person(i, { name, faces }) }
  })
}

describe('changes to whole collections', () => {
  it('are seen by searches from one moment to the next, never in part', async () => {
    // A store in which everything takes a while, so that searches run before, during and after a swap.
    const slow = slowed(memoryStore())
    const matcher = await open(slow)
    await matcher.records.apply([{ kind: 'put_collection', collection }])
    const swap: StoreChange[] = [{ kind: 'put_staged', area: 'a' }]
    await matcher.records.apply(generation(0))
    await matcher.records.apply(swap)
    const done = new AbortController()
    const seen: string[] = []
    const searching = (async () => {
      while (!done.signal.aborted) {
        const { candidates } = await matcher.search(pictureOf(3), search)
        seen.push(candidates.map(({ id, name }) => `${id} is ${name}`).join())
      }
    })()
    for (let version = 1; version <= 19; version++) {
      await matcher.records.apply(generation(version))
      await matcher.records.apply(swap)
    }
    done.abort()
    await searching
    expect(new Set(seen).size).toBeGreaterThan(3)
    for (const answer of seen) expect(answer).toMatch(/^p\d+ is Name 3$/)
  })

  it('are made all or none, and refused before anything is written', async () => {
    const store = memoryStore()
    const matcher = await open(store)
    const long = person(1, { faces: [{ ...person(1).faces[0]!, template: new Float32Array(5) }] })
    await rejects(matcher.records.apply([put(person(0))]), 'collection_not_found')
    await rejects(
      matcher.records.apply([{ kind: 'put_collection', collection }, put(person(0)), put(long)]),
      'dimension_mismatch',
    )
    expect(await store.collections()).toEqual([])
    await matcher.records.apply([
      { kind: 'put_collection', collection },
      put(person(0)),
      put(person(1)),
      { kind: 'delete_person', id: 'p0' },
    ])
    expect(await found(matcher, 0)).toBeUndefined()
    expect(await found(matcher, 1)).toBe('Name 1')
    expect((await matcher.collections.get('c'))?.count).toBe(1)
    await rejects(
      matcher.records.apply([
        { kind: 'stage_person', area: 'a', person: person(2) },
        { kind: 'put_staged', area: 'a' },
      ]),
      'invalid_option',
    )
  })

  it('tell searches how old the collection is, also after it was opened again', async () => {
    const store = memoryStore()
    const matcher = await open(store)
    await matcher.collections.create({ id: 'c', name: 'C' })
    expect((await matcher.search(pictureOf(1), search)).collectionAge).toBeUndefined()
    const value = new Date(Date.now() - 60_000).toISOString()
    await matcher.records.apply([{ kind: 'put_state', key: syncTimeKey('c'), value }])
    expect((await matcher.search(pictureOf(1), search)).collectionAge).toBeGreaterThanOrEqual(60_000)
    const again = await open(store)
    const { collectionAge } = await again.search(pictureOf(1), { ...search, collectionId: 'c' })
    expect(collectionAge).toBeGreaterThanOrEqual(60_000)
    await again.collections.delete('c')
    expect((await again.search(pictureOf(1), search)).collectionAge).toBeUndefined()
    expect(await store.states('')).toEqual([])
  })
})

describe('a store that another model wrote', () => {
  it('opens, refuses to compare, and is brought over from its thumbnails', async () => {
    const store = memoryStore()
    const before = await open(store, 'old')
    await before.collections.create({ id: 'c', name: 'C' })
    for (let i = 1; i <= 10; i++) {
      const collections = i === 10 ? ['c'] : []
      await before.persons.create({ id: `p${i}`, name: `Name ${i}`, images: [pictureOf(i)], collections })
    }

    const matcher = await open(store, 'new')
    expect(await matcher.outdatedPeople()).toBe(10)
    await rejects(matcher.search(pictureOf(1), search), 'model_mismatch')
    await rejects(matcher.search(pictureOf(1), { ...search, collectionId: 'c' }), 'model_mismatch')
    await rejects(matcher.verify('p1', pictureOf(1), search), 'model_mismatch')
    expect((await matcher.persons.get('p1'))?.name).toBe('Name 1')
    // Somebody new is compared at once where nobody of the old model is.
    await matcher.collections.create({ id: 'd', name: 'D' })
    await matcher.persons.create({ id: 'n', name: 'New', images: [pictureOf(99)], collections: ['d'] })
    const { candidates } = await matcher.search(pictureOf(99), { ...search, collectionId: 'd' })
    expect(candidates[0]?.name).toBe('New')

    const stop = new AbortController()
    const stopped = matcher.reembed({
      signal: stop.signal,
      onProgress: ({ people }) => {
        if (people === 4) stop.abort(new Error('enough'))
      },
    })
    await expect(stopped).rejects.toThrow('enough')
    const left = await matcher.outdatedPeople()
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(10)

    const resumed = await open(store, 'new')
    expect(await resumed.outdatedPeople()).toBe(left)
    const progress: number[] = []
    const report = await resumed.reembed({ onProgress: ({ people, total }) => progress.push(people / total) })
    expect(report).toEqual({ people: left, failed: [] })
    expect(progress.at(-1)).toBe(1)
    for (let i = 1; i <= 10; i++) expect(await found(resumed, i)).toBe(`Name ${i}`)
    expect(await resumed.reembed()).toEqual({ people: 0, failed: [] })
  })

  it('keeps and reports people whose thumbnails give no template', async () => {
    const store = memoryStore()
    const before = await open(store, 'old')
    await before.persons.create({ id: 'good', name: 'Good', images: [pictureOf(1)] })
    await before.persons.create({ id: 'bad', name: 'Bad', images: [pictureOf(2)] })
    const [bad] = await store.persons(['bad'])
    const { bytes: thumbnail } = await toShrunkJpeg(emptyPicture, 16)
    await store.write([{ kind: 'put_person', person: { ...bad!, faces: [{ ...bad!.faces[0]!, thumbnail }] } }])

    const matcher = await open(store, 'new')
    expect(await matcher.reembed()).toEqual({ people: 1, failed: [{ personId: 'bad', code: 'no_face' }] })
    expect(await matcher.outdatedPeople()).toBe(0)
    expect(await found(matcher, 1)).toBe('Good')
    expect(await found(matcher, 2)).toBeUndefined()
    expect((await matcher.persons.get('bad'))?.thumbnails).toHaveLength(1)
    expect((await matcher.verify('bad', pictureOf(2), search)).match).toBeNull()
    await matcher.persons.update('bad', { images: [pictureOf(3)] })
    expect(await found(matcher, 3)).toBe('Bad')
  })
})

describe('an encrypted store', () => {
  it('works behind a matcher, and is refused by one that was not given the key', async () => {
    const inner = memoryStore()
    const matcher = await open(await encryptedStore(inner, { key: new Uint8Array(32) }))
    await matcher.persons.create({ id: 'a', name: 'Ana', images: [pictureOf(7)] })
    expect(await found(matcher, 7)).toBe('Ana')
    await rejects(createMatcher({ recognizer: colorRecognizer(), store: inner }), 'store_key')
  })
})

it('says how far opening is', async () => {
  const store = memoryStore()
  const people = Array.from({ length: 2500 }, (_, i) => person(i, { collectionIds: [] }))
  await store.write(people.map((one) => ({ kind: 'put_person', person: one })))
  const progress: unknown[] = []
  const matcher = await createMatcher({
    recognizer: colorRecognizer(),
    store,
    onProgress: (step) => progress.push(step),
  })
  opened.push(matcher)
  expect(progress).toEqual([1000, 2000, 2500].map((count) => ({ people: count, total: 2500 })))
})

function slowed(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (name !== 'write' && name !== 'persons') return typeof value === 'function' ? value.bind(target) : value
      return async (...given: unknown[]) => {
        for (let i = 0; i < 3; i++) await setImmediate()
        const result: unknown = await (value as (...all: unknown[]) => unknown).apply(target, given)
        for (let i = 0; i < 3; i++) await setImmediate()
        return result
      }
    },
  })
}
