import {
  createMatcher,
  encryptedStore,
  exportCollection,
  importCollection,
  memoryStore,
  type LocalMatcher,
  type PersonRecord,
  type Store,
} from '@visavis/core'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf } from './support/color-recognizer.ts'
import { rejects } from './support/rejects.ts'

const search = { minScore: 0.7, mode: 'FAST' } as const

const opened: LocalMatcher[] = []
afterEach(async () => {
  for (const matcher of opened.splice(0)) await matcher.close()
})

async function open(store: Store = memoryStore(), model?: string): Promise<LocalMatcher> {
  const matcher = await createMatcher({ recognizer: colorRecognizer(model), store })
  opened.push(matcher)
  return matcher
}

/** Two collections of people, and one person who is in none. */
async function team(model?: string): Promise<LocalMatcher> {
  const matcher = await open(memoryStore(), model)
  await matcher.collections.create({ id: 'day', name: 'Day shift', description: 'From six' })
  await matcher.collections.create({ id: 'night', name: 'Night shift' })
  await matcher.persons.create({
    id: 'ana',
    name: 'Ana Ñandú',
    images: [pictureOf(1), pictureOf(2)],
    collections: ['day', 'night'],
    gender: 'F',
    dateOfBirth: '1988-11-30',
    nationality: 'AR',
    notes: 'left\nhanded',
  })
  await matcher.persons.create({ id: 'bo', name: 'Bo', images: [pictureOf(3)], collections: ['night'] })
  await matcher.persons.create({ id: 'cy', name: 'Cy', images: [pictureOf(4)] })
  return matcher
}

async function written(
  from: Pick<LocalMatcher, 'records'>,
  options: Parameters<typeof exportCollection>[1] = {},
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of exportCollection(from, options)) chunks.push(chunk)
  return Uint8Array.from(Buffer.concat(chunks))
}

async function* chunksOf(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < bytes.byteLength; i += size) yield bytes.subarray(i, i + size)
}

async function everybody({ records }: LocalMatcher): Promise<PersonRecord[]> {
  return records.persons(await records.ids())
}

describe('an exported collection', () => {
  it.each([
    ['plain', {}],
    ['encrypted', { passphrase: 'a horse on a battery' }],
  ])('is the same after it was imported elsewhere, %s', async (_, options) => {
    const from = await team()
    const file = await written(from, options)
    const to = await open()
    const report = await importCollection(to, chunksOf(file, 7), options)
    expect(report).toEqual({
      people: 3,
      replaced: 0,
      reembedded: 0,
      failed: [],
      collections: [
        { id: 'day', name: 'Day shift' },
        { id: 'night', name: 'Night shift' },
      ],
    })
    expect(await everybody(to)).toEqual(await everybody(from))
    expect(await to.collections.list()).toEqual(await from.collections.list())
    expect((await to.search(pictureOf(2), search)).candidates[0]?.name).toBe('Ana Ñandú')
    const holds = (text: string): boolean => Buffer.from(file).includes(text)
    expect([holds('Ana'), holds('Night shift')]).toEqual(Array(2).fill(!('passphrase' in options)))
  })

  it('is one collection with its people, and nothing of the others', async () => {
    const file = await written(await team(), { collectionId: 'day' })
    const to = await open()
    expect(await importCollection(to, chunksOf(file))).toMatchObject({ people: 1, collections: [{ id: 'day' }] })
    expect((await to.persons.get('ana'))?.collections.map(({ id }) => id)).toEqual(['day'])
    await rejects(written(to, { collectionId: 'night' }), 'collection_not_found')
  })

  it('replaces people by their ids, who stay in the other collections they were in', async () => {
    const file = await written(await team(), { collectionId: 'night' })
    const to = await open()
    await to.collections.create({ id: 'gym', name: 'Gym' })
    await to.collections.create({ id: 'night', name: 'Renamed here' })
    await to.persons.create({ id: 'bo', name: 'Old', images: [pictureOf(50)], collections: ['gym'] })
    await to.persons.create({ id: 'eve', name: 'Eve', images: [pictureOf(51)] })
    expect(await importCollection(to, chunksOf(file))).toMatchObject({ people: 2, replaced: 1 })
    const bo = await to.persons.get('bo')
    expect([bo?.name, bo?.collections.map(({ id }) => id).toSorted()]).toEqual(['Bo', ['gym', 'night']])
    expect((await to.collections.get('night'))?.name).toBe('Renamed here')
    expect((await to.search(pictureOf(50), search)).candidates).toEqual([])
    expect((await to.search(pictureOf(51), search)).candidates[0]?.name).toBe('Eve')
  })

  it('gets templates of the other model where that is another', async () => {
    const file = await written(await team('old'))
    const to = await open(memoryStore(), 'new')
    expect(await importCollection(to, chunksOf(file))).toMatchObject({ people: 3, reembedded: 3, failed: [] })
    expect(await to.outdatedPeople()).toBe(0)
    expect((await to.search(pictureOf(3), search)).candidates[0]?.name).toBe('Bo')
  })

  it('moves from one encrypted store to another', async () => {
    const from = await open(await encryptedStore(memoryStore(), { key: new Uint8Array(32) }))
    await from.persons.create({ id: 'p', name: 'P', images: [pictureOf(5)] })
    const to = await open(await encryptedStore(memoryStore(), { key: new Uint8Array(32).fill(1) }))
    await importCollection(to, chunksOf(await written(from)))
    expect((await to.search(pictureOf(5), search)).candidates[0]?.name).toBe('P')
  })

  it('changes nothing where a bit of it is wrong, or its end is missing', async () => {
    const to = await open()
    await to.persons.create({ id: 'bo', name: 'Here before', images: [pictureOf(60)] })
    const before = await everybody(to)
    const plain = await written(await team())
    const sealed = await written(await team(), { passphrase: 'p' })
    const damage = fc.record({
      isSealed: fc.boolean(),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bit: fc.integer({ min: 0, max: 7 }),
      cut: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ isSealed, at, bit, cut }) => {
        const file = (isSealed ? sealed : plain).slice()
        const place = Math.floor(at * file.byteLength)
        file[place] = (file[place] as number) ^ (1 << bit)
        const given = cut ? file.subarray(0, place) : file
        await expect(importCollection(to, chunksOf(given), { passphrase: 'p' })).rejects.toMatchObject({
          code: expect.stringMatching(/^store_(corrupt|version|key)$/),
        })
        expect(await everybody(to)).toEqual(before)
      }),
      // Deriving a key takes its time.
      { numRuns: 60 },
    )
    const twice = Uint8Array.from([...plain, ...plain])
    await rejects(importCollection(to, chunksOf(twice)), 'store_corrupt')
    expect((await to.search(pictureOf(60), search)).candidates[0]?.name).toBe('Here before')
  })

  it('is refused without the passphrase, or with another', async () => {
    const file = await written(await team(), { passphrase: 'right' })
    const to = await open()
    await rejects(importCollection(to, chunksOf(file)), 'store_key')
    await rejects(importCollection(to, chunksOf(file), { passphrase: 'wrong' }), 'store_key')
    await rejects(importCollection(to, chunksOf(new Uint8Array(5000))), 'store_corrupt')
  })

  it('is refused plain where a passphrase is passed, whatever the file says of itself', async () => {
    const to = await open()
    await rejects(importCollection(to, chunksOf(await written(await team())), { passphrase: 'right' }), 'store_key')
    expect(await everybody(to)).toEqual([])
  })

  it('is refused with a record that no gallery takes', async () => {
    const from = await team()
    const good = await everybody(from)
    const bad: Partial<PersonRecord>[] = [
      { id: '..' },
      { id: 'x'.repeat(101) },
      { id: '\ud800' },
      { name: 'A\u0000' },
      { name: ' ' },
      { dateOfBirth: '0000-01-01' },
      { notes: 'x'.repeat(501) },
    ]
    for (const fault of bad) {
      const records = {
        ...from.records,
        persons: async () => good.map((person) => (person.id === 'bo' ? { ...person, ...fault } : person)),
      }
      const to = await open()
      await rejects(importCollection(to, chunksOf(await written({ records }))), 'store_corrupt')
      expect([await everybody(to), await to.collections.list()]).toEqual([[], []])
    }
  })

  it('is all or nothing also where the import is stopped, or the process ends', async () => {
    const file = await written(await team())
    const store = memoryStore()
    const to = await open(store)
    const stop = new AbortController()
    const stopped = importCollection(to, chunksOf(file), {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('enough')),
    })
    await rejects(importCollection(to, chunksOf(file)), 'invalid_option')
    await expect(stopped).rejects.toThrow('enough')
    expect([await everybody(to), await store.areas()]).toEqual([[], []])
    const [ana] = await everybody(await team())
    await store.write([{ kind: 'stage_person', area: 'import', person: { ...ana!, collectionIds: [] } }])
    await open(store)
    expect(await store.areas()).toEqual([])
  })
})
