import type { CollectionRecord, PersonRecord, Store, StoreChange } from '@visavis/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const time = '2026-01-05T08:00:00.000Z'

function collection(id: string, name: string = id): CollectionRecord {
  return { id, name, description: '', createdAt: time, modifiedAt: time }
}

function person(id: string, more: Partial<PersonRecord> = {}): PersonRecord {
  return {
    id,
    name: `Name of ${id}`,
    gender: null,
    dateOfBirth: null,
    nationality: null,
    notes: null,
    collectionIds: [],
    faces: [
      {
        id: `${id}-face`,
        thumbnail: Uint8Array.of(1, 2, 3),
        modelId: 'm',
        template: Float32Array.of(0.5, -0.25, 1e-8),
      },
    ],
    createdAt: time,
    modifiedAt: time,
    ...more,
  }
}

/** What every Store keeps. Call it in a test file of the implementation. */
export function describeStore(name: string, create: () => Promise<Store>): void {
  describe(`${name} keeps the contract of Store`, () => {
    let store: Store
    beforeEach(async () => {
      store = await create()
    })
    afterEach(() => store.close())

    const put = (...persons: PersonRecord[]): Promise<void> =>
      store.write(persons.map((record) => ({ kind: 'put_person', person: record })))
    const templates = async (): Promise<unknown[]> => {
      const all = []
      for await (const entry of store.templates()) all.push(entry)
      return all
    }

    const waiting = async (area: string): Promise<PersonRecord[]> => {
      const all = []
      for await (const entry of store.staged(area)) all.push(entry)
      return all
    }

    it('is empty at first', async () => {
      expect(await store.collections()).toEqual([])
      expect(await templates()).toEqual([])
      expect(await store.listPersons({ offset: 0, limit: 10 })).toEqual({ persons: [], total: 0 })
    })

    it('gives back a person as they were written, to the bit', async () => {
      await store.write([{ kind: 'put_collection', collection: collection('c') }])
      const full = person('p', {
        name: 'Ñandú "O\'Hara" 名',
        gender: 'F',
        dateOfBirth: '1988-11-30',
        nationality: 'AR',
        notes: 'a\nb\0c',
        collectionIds: ['c'],
        faces: [
          ...person('p').faces,
          {
            id: 'second',
            thumbnail: new Uint8Array(5000).fill(255),
            modelId: 'n',
            template: new Float32Array(512).fill(1 / 3),
          },
        ],
      })
      await put(full)
      const [back] = await store.persons(['p'])
      expect(plain(back)).toEqual(plain(full))
      expect(plain(await templates())).toEqual(
        plain([
          {
            personId: 'p',
            collectionIds: ['c'],
            faces: full.faces.map(({ modelId, template }) => ({ modelId, template })),
          },
        ]),
      )
    })

    it('keeps its own copy of what is written', async () => {
      const mine = person('p')
      await put(mine)
      mine.faces[0]?.template.fill(0)
      mine.faces[0]?.thumbnail.fill(0)
      const [back] = await store.persons(['p'])
      expect(plain(back)).toEqual(plain(person('p')))
    })

    it('replaces a person with everything of theirs', async () => {
      await store.write([{ kind: 'put_collection', collection: collection('c') }])
      await put(person('p', { collectionIds: ['c'] }))
      await put(person('p', { name: 'New', faces: [] }))
      const [back] = await store.persons(['p'])
      expect(back).toMatchObject({ name: 'New', faces: [], collectionIds: [] })
    })

    it('finds the people that exist, in the order asked for', async () => {
      await put(person('a'), person('b'), person('c'))
      expect((await store.persons(['c', 'nobody', 'a'])).map(({ id }) => id)).toEqual(['c', 'a'])
    })

    it('lists people by id, page by page, by collection and by a part of the name', async () => {
      await store.write([{ kind: 'put_collection', collection: collection('c') }])
      await put(
        person('3', { name: 'Zoë' }),
        person('1', { name: 'ANA', collectionIds: ['c'] }),
        person('2', { name: 'Ana María 100%', collectionIds: ['c'] }),
        person('4', { name: null }),
      )
      const ids = async (query: object): Promise<[string[], number]> => {
        const { persons, total } = await store.listPersons({ offset: 0, limit: 10, ...query })
        return [persons.map(({ id }) => id), total]
      }
      expect(await ids({})).toEqual([['1', '2', '3', '4'], 4])
      expect(await ids({ offset: 1, limit: 2 })).toEqual([['2', '3'], 4])
      expect(await ids({ collectionId: 'c' })).toEqual([['1', '2'], 2])
      expect(await ids({ name: 'ana' })).toEqual([['1', '2'], 2])
      expect(await ids({ name: 'MARÍA' })).toEqual([['2'], 1])
      expect(await ids({ name: 'ZOË' })).toEqual([['3'], 1])
      expect(await ids({ name: '%' })).toEqual([['2'], 1])
      expect(await ids({ name: 'ana', collectionId: 'c', offset: 1 })).toEqual([['2'], 2])
    })

    it('deletes a person', async () => {
      await put(person('a'), person('b'))
      await store.write([{ kind: 'delete_person', id: 'a' }])
      await store.write([{ kind: 'delete_person', id: 'a' }])
      expect((await store.persons(['a', 'b'])).map(({ id }) => id)).toEqual(['b'])
      expect(await templates()).toHaveLength(1)
    })

    it('lists collections in the order of their creation, and keeps the place of one that is changed', async () => {
      for (const id of ['z', 'a', 'm']) await store.write([{ kind: 'put_collection', collection: collection(id) }])
      await store.write([{ kind: 'put_collection', collection: collection('z', 'Renamed') }])
      expect((await store.collections()).map((record) => record.name)).toEqual(['Renamed', 'a', 'm'])
    })

    it('deletes a collection and leaves its people', async () => {
      await store.write([
        { kind: 'put_collection', collection: collection('c') },
        { kind: 'put_collection', collection: collection('d') },
        { kind: 'put_person', person: person('p', { collectionIds: ['c', 'd'] }) },
      ])
      await store.write([{ kind: 'delete_collection', id: 'c' }])
      expect((await store.collections()).map(({ id }) => id)).toEqual(['d'])
      expect((await store.persons(['p']))[0]?.collectionIds).toEqual(['d'])
    })

    it('lets people join and leave collections, and changes nothing else of them', async () => {
      await store.write(['a', 'b', 'c'].map((id) => ({ kind: 'put_collection', collection: collection(id) })))
      await put(person('p', { collectionIds: ['a', 'b'] }), person('q', { collectionIds: ['a'] }))
      const move = (kind: 'join_collection' | 'leave_collection', collectionId: string): StoreChange => {
        return { kind, personId: 'p', collectionId, modifiedAt: later }
      }
      const later = '2026-02-01T08:00:00.000Z'
      await store.write([move('leave_collection', 'c'), move('join_collection', 'a')])
      expect(await store.persons(['p'])).toEqual([person('p', { collectionIds: ['a', 'b'] })])
      await Promise.all([
        store.write([move('leave_collection', 'a')]),
        store.write([move('leave_collection', 'b')]),
        store.write([move('join_collection', 'c')]),
      ])
      expect(await store.persons(['p', 'q'])).toEqual([
        person('p', { collectionIds: ['c'], modifiedAt: later }),
        person('q', { collectionIds: ['a'] }),
      ])
      expect((await store.listPersons({ collectionId: 'c', offset: 0, limit: 10 })).total).toBe(1)
      expect((await store.listPersons({ collectionId: 'b', offset: 0, limit: 10 })).total).toBe(0)
      expect(await templates()).toMatchObject([{ collectionIds: ['c'] }, { collectionIds: ['a'] }])
    })

    it('takes each change as made after the ones before it', async () => {
      const of = { personId: 'p', modifiedAt: time }
      await store.write([
        { kind: 'put_collection', collection: collection('a') },
        { kind: 'put_person', person: person('p') },
        { kind: 'join_collection', collectionId: 'a', ...of },
        { kind: 'put_collection', collection: collection('b') },
        { kind: 'join_collection', collectionId: 'b', ...of },
        { kind: 'leave_collection', collectionId: 'a', ...of },
        { kind: 'put_person', person: person('q') },
      ])
      expect(await store.persons(['p', 'q'])).toEqual([person('p', { collectionIds: ['b'] }), person('q')])
    })

    it('keeps a person of whom a model could make no template', async () => {
      const [face] = person('p').faces
      await put(person('p', { faces: [{ ...face!, template: new Float32Array(0) }] }))
      expect((await store.persons(['p']))[0]?.faces[0]?.template).toHaveLength(0)
    })

    it('keeps texts by key, and lists those whose key begins alike', async () => {
      const keys = ['a/2', 'a/1', 'b', 'a%']
      await store.write(keys.map((key) => ({ kind: 'put_state', key, value: `value of ${key}` })))
      await store.write([{ kind: 'put_state', key: 'b', value: 'another' }])
      expect(await store.state('b')).toBe('another')
      expect(await store.state('none')).toBeUndefined()
      expect(await store.states('a/')).toEqual([
        ['a/1', 'value of a/1'],
        ['a/2', 'value of a/2'],
      ])
      expect(await store.states('')).toHaveLength(4)
      await store.write([
        { kind: 'delete_state', key: 'a/1' },
        { kind: 'delete_state', key: 'none' },
      ])
      expect((await store.states('a')).map(([key]) => key)).toEqual(['a%', 'a/2'])
    })

    it('shows nobody of whom it keeps for later, until all of them are put at once', async () => {
      await store.write([{ kind: 'put_collection', collection: collection('c') }])
      await put(person('a', { name: 'Old' }), person('b'))
      const stage = (area: string, record: PersonRecord): Promise<void> =>
        store.write([{ kind: 'stage_person', area, person: record }])
      const isNew = person('n', { collectionIds: ['c'] })
      await stage('x', person('a', { name: 'Wrong' }))
      await stage('x', person('a', { name: 'New', collectionIds: ['c'] }))
      await stage('x', isNew)
      await stage('y', person('other'))
      expect((await store.persons(['a', 'n', 'other'])).map(({ name: given }) => given)).toEqual(['Old'])
      expect(await templates()).toHaveLength(2)
      expect(await waiting('x')).toMatchObject([
        { id: 'a', name: 'New' },
        { id: 'n', name: 'Name of n' },
      ])
      expect(plain((await waiting('x'))[1])).toEqual(plain(isNew))
      expect((await store.areas()).toSorted()).toEqual(['x', 'y'])

      await store.write([
        { kind: 'put_staged', area: 'x' },
        { kind: 'delete_person', id: 'b' },
        { kind: 'put_state', key: 'synced', value: 'now' },
      ])
      expect(await waiting('x')).toEqual([])
      const { persons } = await store.listPersons({ offset: 0, limit: 10 })
      expect(persons.map(({ id, name: given }) => [id, given])).toEqual([
        ['a', 'New'],
        ['n', 'Name of n'],
      ])
      expect(plain(persons[1])).toEqual(plain(isNew))
      expect((await store.listPersons({ collectionId: 'c', offset: 0, limit: 10 })).total).toBe(2)
      expect(await waiting('y')).toHaveLength(1)
      await store.write([{ kind: 'delete_staged', area: 'y' }])
      expect(await waiting('y')).toEqual([])
      expect(await store.areas()).toEqual([])
    })

    it('takes out of what it keeps for later, and leaves memberships alone that an area does not decide about', async () => {
      await store.write(['a', 'b', 'c'].map((id) => ({ kind: 'put_collection', collection: collection(id) })))
      await put(person('p', { collectionIds: ['a', 'b'] }), person('q', { collectionIds: ['a', 'c'] }))
      const stage = (id: string, collectionIds: string[], area = 'x'): StoreChange => {
        return { kind: 'stage_person', area, person: person(id, { name: 'New', collectionIds }) }
      }
      await store.write([
        stage('p', ['c']),
        stage('q', ['a']),
        stage('r', ['a']),
        stage('s', ['a']),
        stage('p', [], 'y'),
      ])
      await store.write([
        { kind: 'unstage_person', area: 'x', id: 's' },
        { kind: 'unstage_person', area: 'y', id: 'p' },
        { kind: 'unstage_person', area: 'y', id: 'nobody' },
      ])
      expect((await waiting('x')).map(({ id }) => id)).toEqual(['p', 'q', 'r'])
      expect(await store.areas()).toEqual(['x'])

      await store.write([{ kind: 'put_staged', area: 'x', within: ['a'] }])
      const people = await store.persons(['p', 'q', 'r', 's'])
      expect(people.map(({ id, name: given, collectionIds }) => [id, given, collectionIds.toSorted()])).toEqual([
        ['p', 'New', ['b', 'c']],
        ['q', 'New', ['a', 'c']],
        ['r', 'New', ['a']],
      ])
      expect((await store.listPersons({ collectionId: 'a', offset: 0, limit: 10 })).total).toBe(2)
      await store.write([stage('q', ['b'])])
      await store.write([{ kind: 'put_staged', area: 'x' }])
      expect((await store.persons(['q']))[0]?.collectionIds).toEqual(['b'])
    })

    it('erases when asked to, also where there is nothing to erase', async () => {
      await store.finishErasing()
      await put(person('p'))
      await store.write([{ kind: 'delete_person', id: 'p' }])
      await store.finishErasing()
      expect(await templates()).toEqual([])
    })

    it('keeps the memberships of a collection that is renamed', async () => {
      await store.write([
        { kind: 'put_collection', collection: collection('c') },
        { kind: 'put_person', person: person('p', { collectionIds: ['c'] }) },
      ])
      await store.write([{ kind: 'put_collection', collection: collection('c', 'Renamed') }])
      expect((await store.persons(['p']))[0]?.collectionIds).toEqual(['c'])
    })
  })
}

/** Typed arrays as lists, so that a Buffer and a Uint8Array of the same bytes are equal. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, inner: unknown) => (ArrayBuffer.isView(inner) ? Array.from(inner as Uint8Array) : inner)),
  )
}
