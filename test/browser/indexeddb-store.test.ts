import { memoryStore, type PersonRecord, type Store, type StoreChange } from '@visavis/core'
import { indexedDbStore } from '@visavis/core/indexeddb'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { describeDamagedStore } from '../contracts/damaged-store.ts'
import { describeStore } from '../contracts/store.ts'
import { rejects } from '../support/rejects.ts'

const names: string[] = []

function newName(): string {
  const name = `visavis-test-${crypto.randomUUID()}`
  names.push(name)
  return name
}

afterAll(async () => {
  for (const name of names) await settled(indexedDB.deleteDatabase(name))
})

describeStore('indexedDbStore', () => indexedDbStore({ name: newName() }))

let damagedName: string
beforeEach(() => {
  damagedName = newName()
})
describeDamagedStore('indexedDbStore', () => indexedDbStore({ name: damagedName }))

describe('indexedDbStore', () => {
  it('has after opening again what was written before', async () => {
    const name = newName()
    const first = await indexedDbStore({ name })
    await first.write([putCollection('c'), putPerson('p', { collectionIds: ['c'] })])
    await first.close()
    const second = await indexedDbStore({ name })
    expect((await second.collections()).map(({ id }) => id)).toEqual(['c'])
    const [back] = await second.persons(['p'])
    expect(back).toEqual(person('p', { collectionIds: ['c'] }))
    await second.close()
  })

  it('makes all the changes of a write or none, and goes on', async () => {
    const store = await indexedDbStore({ name: newName() })
    const uncopyable = putPerson('q', { notes: (() => 'a function') as never })
    await expect(store.write([putCollection('c'), putPerson('p'), uncopyable])).rejects.toThrow(/could not be cloned/)
    expect(await store.collections()).toEqual([])
    expect(await ids(store)).toEqual([])
    await store.write([putPerson('p')])
    expect(await ids(store)).toEqual(['p'])
    await store.close()
  })

  it('keeps writes that are made at once, in their order', async () => {
    const store = await indexedDbStore({ name: newName() })
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.write([putPerson('p', { name: `Name ${i}` })])))
    expect((await store.persons(['p']))[0]?.name).toBe('Name 19')
    await store.close()
  })

  it('reads more people than it takes at once, each of them once and in order', async () => {
    const store = await indexedDbStore({ name: newName() })
    const all = Array.from({ length: 2500 }, (_, i) => `p${String(i).padStart(4, '0')}`)
    await store.write([putCollection('c'), ...all.toReversed().map((id) => putPerson(id, { collectionIds: ['c'] }))])
    expect(await ids(store)).toEqual(all)
    const named = await store.listPersons({ name: 'name OF p', offset: 2400, limit: 10 })
    expect(named.persons.map(({ id }) => id)).toEqual(all.slice(2400, 2410))
    expect(named.total).toBe(2500)
    const members = await store.listPersons({ collectionId: 'c', offset: 2490, limit: 100 })
    expect(members.persons.map(({ id }) => id)).toEqual(all.slice(2490))
    expect(members.total).toBe(2500)
    expect(await store.listPersons({ offset: 2500, limit: 10 })).toEqual({ persons: [], total: 2500 })
    await store.close()
  })

  it('stores of a template that is a part of a larger buffer only that part', async () => {
    const name = newName()
    const store = await indexedDbStore({ name })
    const whole = new Float32Array(1000).fill(1)
    const [face] = person('p').faces
    await store.write([putPerson('p', { faces: [{ ...face!, template: whole.subarray(10, 12) }] })])
    const [back] = await store.persons(['p'])
    expect(back?.faces[0]?.template.buffer.byteLength).toBe(8)
    await store.close()
  })

  it('brings databases of older versions to this one, with everything in them', async () => {
    for (const version of [1, 2]) {
      const name = newName()
      await makeOldStore(name, version)
      const store = await indexedDbStore({ name })
      expect(await store.persons(['p', 'q'])).toEqual([person('p', { collectionIds: ['c'] }), person('q')])
      expect((await store.listPersons({ collectionId: 'c', offset: 0, limit: 10 })).total).toBe(1)
      expect(await store.collections()).toMatchObject([{ id: 'c', name: 'Team' }])
      expect(await store.states('')).toEqual(version === 1 ? [] : [['k', 'v']])
      expect(await store.areas()).toEqual(version === 1 ? [] : ['x'])
      await store.write([putPerson('r'), { kind: 'put_staged', area: 'x' }])
      expect(await ids(store)).toEqual(version === 1 ? ['p', 'q', 'r'] : ['p', 'q', 'r', 's'])
      await store.close()
    }
  })

  it('opens as soon as the other lets go, for a page that is just being reloaded', async () => {
    const name = newName()
    const first = await indexedDbStore({ name })
    const opening = indexedDbStore({ name })
    await first.close()
    const second = await opening
    expect(await ids(second)).toEqual([])
    await second.close()
  })

  it('refuses the database of something else, and one that a later visavis wrote', async () => {
    const foreign = newName()
    await makeDatabase(foreign, 1, ['theirs'])
    await rejects(indexedDbStore({ name: foreign }), 'store_corrupt')
    const later = newName()
    await makeDatabase(later, 99, ['persons'])
    await rejects(indexedDbStore({ name: later }), 'store_version')
    // Nothing is held after a refusal.
    await settled(indexedDB.deleteDatabase(later))
    await (await indexedDbStore({ name: later })).close()
  })

  it('says so where a person has lost a part, or one is damaged', async () => {
    const faults: [object: string, change: (rows: IDBObjectStore) => void][] = [
      ['templates', (rows) => rows.delete('b')],
      ['templates', (rows) => rows.put({ personId: 'b', faces: [{ id: 'f', modelId: 'm', template: 'text' }] })],
      ['persons', (rows) => rows.put({ id: 'b', name: 7, collectionIds: [] })],
    ]
    for (const [object, change] of faults) {
      const store = await damaged(object, change)
      await rejects(ids(store), 'store_corrupt')
      await store.close()
    }
    const withoutThumbnails = await damaged('thumbnails', (rows) => rows.delete('b'))
    expect(await ids(withoutThumbnails)).toEqual(['a', 'b', 'c'])
    await rejects(withoutThumbnails.persons(['b']), 'store_corrupt')
    expect(await withoutThumbnails.persons(['a', 'c'])).toHaveLength(2)
    await withoutThumbnails.close()
  })

  it('lets its database be deleted, and says so to whoever still uses it', async () => {
    const name = newName()
    const store = await indexedDbStore({ name })
    await store.write([putPerson('p')])
    await settled(indexedDB.deleteDatabase(name))
    await rejects(store.write([putPerson('q')]), 'store_unavailable')
    await rejects(store.persons(['p']), 'store_unavailable')
    await store.close()
    const anew = await indexedDbStore({ name })
    expect(await ids(anew)).toEqual([])
    await anew.close()
  })

  it('stops where another takes its lock away', async () => {
    const name = newName()
    const store = await indexedDbStore({ name })
    const [held] = (await navigator.locks.query()).held?.filter((lock) => lock.name?.endsWith(name)) ?? []
    await navigator.locks.request(held?.name as string, { steal: true }, async () => undefined)
    await rejects(store.write([putPerson('p')]), 'store_unavailable')
    await store.close()
  })

  it('holds after any changes what the store in memory holds', async () => {
    const id = fc.constantFrom('a', 'b', '\u{1f600}', '\uffee')
    const area = fc.constantFrom('s', 't')
    const change: fc.Arbitrary<StoreChange> = fc.oneof(
      {
        weight: 3,
        arbitrary: fc
          .tuple(id, fc.subarray(['x', 'y']), fc.string())
          .map(([key, collectionIds, name]) => putPerson(key, { collectionIds, name })),
      },
      id.map((key): StoreChange => ({ kind: 'delete_person', id: key })),
      fc.constantFrom('x', 'y').map(putCollection),
      fc.constantFrom('x', 'y').map((key): StoreChange => ({ kind: 'delete_collection', id: key })),
      {
        weight: 3,
        arbitrary: fc.tuple(id, fc.subarray(['x', 'y']), area).map(([key, collectionIds, into]): StoreChange => {
          return { kind: 'stage_person', area: into, person: person(key, { name: `Staged in ${into}`, collectionIds }) }
        }),
      },
      fc.tuple(id, area).map(([key, from]): StoreChange => ({ kind: 'unstage_person', area: from, id: key })),
      fc
        .tuple(area, fc.option(fc.subarray(['x', 'y']), { nil: undefined }))
        .map(([from, within]): StoreChange => ({ kind: 'put_staged', area: from, within })),
      area.map((from): StoreChange => ({ kind: 'delete_staged', area: from })),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 6 }), id, async (writes, name) => {
        const expected = memoryStore()
        const store = await indexedDbStore({ name: newName() })
        try {
          for (const changes of writes) {
            await expected.write(changes)
            await store.write(changes)
          }
          for (const query of [{}, { collectionId: 'x' }, { name }, { name, collectionId: 'y' }, { offset: 1 }]) {
            const full = { offset: 0, limit: 2, ...query }
            expect(await store.listPersons(full)).toEqual(await expected.listPersons(full))
          }
          expect(await ids(store)).toEqual(await ids(expected))
          expect(await store.collections()).toEqual(await expected.collections())
          expect(await store.areas()).toEqual((await expected.areas()).toSorted())
          expect(await store.persons(['a', 'b'])).toEqual(await expected.persons(['a', 'b']))
        } finally {
          await store.close()
        }
      }),
      { numRuns: 40 },
    )
  })

  it('refuses a name that is none', async () => {
    for (const name of ['', 'n'.repeat(101), undefined]) {
      await rejects(indexedDbStore({ name: name as string }), 'invalid_option')
    }
  })

  it('refuses to be used after it was closed', async () => {
    const store = await indexedDbStore({ name: newName() })
    await store.close()
    await store.close()
    await rejects(store.persons(['p']), 'store_unavailable')
  })
})

function person(id: string, more: Partial<PersonRecord> = {}): PersonRecord {
  const time = '2026-03-09T07:15:00.000Z'
  return {
    id,
    name: `Name of ${id}`,
    gender: null,
    dateOfBirth: null,
    nationality: null,
    notes: null,
    collectionIds: [],
    faces: [{ id: 'f', thumbnail: Uint8Array.of(255, 216, 255), modelId: 'm', template: Float32Array.of(0.6, -0.8) }],
    createdAt: time,
    modifiedAt: time,
    ...more,
  }
}

function putPerson(id: string, more?: Partial<PersonRecord>): StoreChange {
  return { kind: 'put_person', person: person(id, more) }
}

function putCollection(id: string): StoreChange {
  const time = '2026-03-09T07:15:00.000Z'
  return { kind: 'put_collection', collection: { id, name: id, description: '', createdAt: time, modifiedAt: time } }
}

async function ids(store: Store): Promise<string[]> {
  const found: string[] = []
  for await (const { personId } of store.templates()) found.push(personId)
  return found
}

/** A store of three people whose database something else has changed. */
async function damaged(object: string, change: (rows: IDBObjectStore) => void): Promise<Store> {
  const name = newName()
  const store = await indexedDbStore({ name })
  await store.write(['a', 'b', 'c'].map((id) => putPerson(id)))
  await store.close()
  const database = await settled(indexedDB.open(name))
  const transaction = database.transaction(object, 'readwrite')
  change(transaction.objectStore(object))
  await new Promise((resolve) => {
    transaction.addEventListener('complete', resolve)
  })
  database.close()
  return indexedDbStore({ name })
}

async function makeDatabase(
  name: string,
  version: number,
  objects: readonly string[],
  close: boolean = true,
): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version)
  request.addEventListener('upgradeneeded', () => {
    for (const object of objects) request.result.createObjectStore(object)
  })
  const database = await settled(request)
  if (close) database.close()
  return database
}

/** A store as an older version made it: two people, one of them in a collection; from 2 on a text, and one put aside. */
async function makeOldStore(name: string, version: number): Promise<void> {
  const request = indexedDB.open(name, version)
  request.addEventListener('upgradeneeded', () => {
    const database = request.result
    const persons = database.createObjectStore('persons', { keyPath: 'id' })
    persons.createIndex('members', 'collectionIds', { multiEntry: true })
    const templates = database.createObjectStore('templates', { keyPath: 'personId' })
    const thumbnails = database.createObjectStore('thumbnails', { keyPath: 'personId' })
    const collections = database.createObjectStore('collections', { autoIncrement: true })
    collections.createIndex('id', 'id', { unique: true })
    for (const { faces, ...row } of [person('p', { collectionIds: ['c'] }), person('q')]) {
      persons.put(row)
      templates.put({ personId: row.id, faces: faces.map(({ id, modelId, template }) => ({ id, modelId, template })) })
      thumbnails.put({ personId: row.id, images: faces.map(({ thumbnail }) => thumbnail) })
    }
    collections.put({ id: 'c', name: 'Team', description: '', createdAt: '', modifiedAt: '' })
    if (version === 1) return
    database.createObjectStore('states').put('v', 'k')
    database.createObjectStore('staged').put(person('s'), ['x', 's'])
  })
  ;(await settled(request)).close()
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('no reason')))
  })
}
