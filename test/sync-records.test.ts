import { memoryStore, syncTimeKey, type StoreChange } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import type { SyncReport } from '@visavis/remote'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { templateOf } from './support/color-recognizer.ts'
import { guests, personId, pictureText, servedPerson, staff } from './support/people-service.ts'
import { rejects } from './support/rejects.ts'
import { collectionId, setUpSync } from './support/synced-gallery.ts'
import { json } from './support/verifik-client.ts'

const { on, open, sync, whoIs, here, there, remove } = setUpSync()

beforeEach(() => {
  on.service.people = on.service.people.slice(0, 12)
})

function codesOf({ problems }: SyncReport): unknown[] {
  return problems.map(({ personId: id, code, field }) => [id.slice(0, 101), code, field])
}

/** A row that is well but for what is said. */
async function rowOf(changes: object): Promise<object> {
  const { _id, ...row } = await servedPerson(700)
  return { _id, ...row, createdAt: '2026-01-01T08:00:00.000Z', ...changes }
}

const known = personId(700)
const long = 'x'.repeat(101)

describe('a record of the service that cannot be taken over', () => {
  it.each<[string, object | null, string, string]>([
    ['has an id of 101 characters', { _id: long }, long, 'id'],
    ['has an id of half characters', { _id: 'a\uD800' }, 'a\uFFFD', 'id'],
    ['has an id that is a step in a path', { _id: '..' }, '..', 'id'],
    ['has the id of an address', { _id: 'lookup' }, 'lookup', 'id'],
    ['has a name of half characters', { name: 'Ana \uDC00' }, known, 'name'],
    ['has a name with a control character', { name: 'Ana\u0000' }, known, 'name'],
    ['has a name of spaces', { name: '   ' }, known, 'name'],
    ['was born in the year 0000', { date_of_birth: '0000-01-01' }, known, 'dateOfBirth'],
    ['is not born yet', { date_of_birth: '2990-01-01' }, known, 'dateOfBirth'],
    ['has a number as its id', { _id: 7 }, '', '_id'],
    ['has no id', { _id: undefined }, '', '_id'],
    ['is nothing', null, '', '_id'],
    ['has a name of 8 MB', { name: 'x'.repeat(8_000_000) }, known, 'name'],
    ['has a list as its name', { name: ['Ana'] }, known, 'name'],
    ['was born on a day that is none', { date_of_birth: '1990-02-30' }, known, 'date_of_birth'],
    ['has notes that are none', { notes: {} }, known, 'notes'],
    ['has endless notes', { notes: 'x'.repeat(100_000) }, known, 'notes'],
    ['has a number as its nationality', { nationality: 7 }, known, 'nationality'],
    ['has a text as its collections', { collections: staff._id }, known, 'collections'],
  ])('because it %s, is left out and told of, each time', async (_name, changes, id, field) => {
    on.service.oddRows = [changes === null ? null : await rowOf(changes)]
    for (const pictures of [12, 0]) {
      const report = await sync()
      expect(report).toMatchObject({ complete: true, people: 13, pictures })
      expect(codesOf(report)).toEqual([[id, 'invalid_record', field]])
    }
    expect(await here()).toEqual(there())
    expect(await on.matcher.records.ids()).toHaveLength(12)
    remove(3)
    await expect(sync()).resolves.toMatchObject({ complete: true, removed: [personId(3)] })
    expect(await whoIs(3)).toBeUndefined()
  })

  it('leaves a person who is here as they are, who still goes when they are gone', async () => {
    await sync()
    const [person] = on.service.people
    if (person === undefined) throw new Error('There is no person.')
    Object.assign(person, { name: 'x'.repeat(200), thumbnails: [{ id: 'other', thumbnail: await pictureText(900) }] })
    expect(codesOf(await sync())).toEqual([[personId(0), 'invalid_record', 'name']])
    expect(await on.matcher.persons.get(personId(0))).toMatchObject({ name: 'Person 0' })
    expect([await whoIs(0), await whoIs(900)]).toEqual([personId(0), undefined])
    remove(0)
    expect(await sync()).toMatchObject({ removed: [personId(0)], problems: [] })
  })

  it('whose row has lost its id may be of a person who is here, who stays', async () => {
    await sync()
    remove(3)
    remove(5)
    on.service.oddRows = [{ name: 'Person 5' }]
    on.service.fault = ({ path }) =>
      path === `/persons/${personId(5)}`
        ? json({ data: { _id: personId(5), name: 'Person 5', collections: [staff._id] } })
        : undefined
    expect(await sync()).toMatchObject({
      complete: true,
      removed: [personId(3)],
      problems: [{ code: 'invalid_record' }],
    })
    expect([await whoIs(3), await whoIs(5)]).toEqual([undefined, personId(5)])
  })

  it('that an earlier version has stored is removed, and everybody after it is brought', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-sync-'))
    await on.matcher.close()
    await open(await sqliteStore({ path: join(folder, 'people.db') }))
    await sync()
    const [first] = await on.matcher.records.persons([personId(0)])
    if (first === undefined) throw new Error('There is no person.')
    const mark = await on.matcher.records.state(`sync/person/${personId(0)}`)
    const changes: StoreChange[] = [long, '..'].flatMap((id, i) => [
      {
        kind: 'put_person',
        person: { ...first, id, faces: first.faces.map((one) => ({ ...one, template: templateOf(i + 800) })) },
      },
      { kind: 'put_state', key: `sync/person/${id}`, value: mark ?? '' },
    ])
    // Past the checks of today's versions.
    await on.store.write(changes)
    await on.store.close()
    await open(await sqliteStore({ path: join(folder, 'people.db') }))
    expect(await on.matcher.records.ids()).toHaveLength(14)
    on.service.oddRows = [await rowOf({ _id: long }), await rowOf({ _id: '..' })]
    on.service.people.push(await servedPerson(500))
    expect(await sync()).toMatchObject({ complete: true, removed: ['..', long], added: [personId(500)] })
    expect(await here()).toEqual(there())
    expect([await whoIs(800), await whoIs(801)]).toEqual([undefined, undefined])
    await on.matcher.close()
    await rm(folder, { recursive: true })
    await open(memoryStore())
  })

  it('because the answer about the person alone cannot be read, or is about another one, is left out', async () => {
    on.service.pictures = 'alone'
    const other = on.service.people[1]
    on.service.fault = ({ path }) => {
      if (path === `/persons/${personId(0)}`) return json({ data: { name: 'nobody' } })
      return path === `/persons/${personId(2)}` ? json({ data: other }) : undefined
    }
    const report = await sync()
    expect(report).toMatchObject({ complete: true, people: 12, added: { length: 10 } })
    expect(codesOf(report)).toEqual([
      [personId(0), 'bad_response', undefined],
      [personId(2), 'bad_response', undefined],
    ])
    expect([await whoIs(0), await whoIs(1), await whoIs(2)]).toEqual([undefined, personId(1), undefined])
  })
})

describe('a service that says what cannot be', () => {
  it('lists people of another collection: they are not brought, and those who are here leave', async () => {
    await sync()
    // Listed all the same, whichever collection is asked for.
    for (const one of on.service.people.splice(0, 2)) {
      on.service.oddRows.push({ ...one, collections: [guests._id] })
    }
    on.service.oddRows.push(await rowOf({ collections: [guests._id] }))
    const report = await sync()
    expect(codesOf(report)).toEqual([0, 1, 700].map((one) => [personId(one), 'another_collection', undefined]))
    expect(report).toMatchObject({ complete: true, people: 10, removed: [personId(0), personId(1)] })
    expect(await here()).toEqual(there())
    expect([await whoIs(0), await whoIs(700)]).toEqual([undefined, undefined])
  })

  it('answers about another collection: nothing is changed', async () => {
    await sync()
    const before = await here()
    on.service.fault = ({ path }) => (path.startsWith('/collections/') ? json({ data: guests }) : undefined)
    await rejects(sync(), 'bad_response')
    expect(await here()).toEqual(before)
    expect(await on.matcher.records.collections()).toHaveLength(1)
  })

  it('calls a collection what none is called here: its people come, under the name it had', async () => {
    const name = (text: string) => {
      on.service.fault = ({ path }) =>
        path.startsWith('/collections/') ? json({ data: { ...staff, name: text, description: text } }) : undefined
    }
    name('x'.repeat(1000))
    expect(await sync()).toMatchObject({ complete: true })
    expect(await on.matcher.collections.get(collectionId)).toMatchObject({ name: collectionId, description: '' })
    name('Staff')
    await sync()
    name('y'.repeat(1000))
    await sync()
    expect(await on.matcher.collections.get(collectionId)).toMatchObject({ name: 'Staff', description: 'Staff' })
  })

  it('has a collection without an id beside the one that is synced', async () => {
    on.service.fault = ({ path }) => (path === '/collections' ? json({ data: [{}, null, staff] }) : undefined)
    expect(await sync()).toMatchObject({ complete: true, people: 12 })
  })

  it('leaves a page in the middle empty: the people behind it come', async () => {
    const all = on.service.people
    on.service.fault = ({ path, query }) => {
      if (path !== '/persons' || query.get('page') === '0') return undefined
      const page = Number(query.get('page'))
      const rows = page === 2 ? [] : page > 3 ? [] : all.slice(page === 1 ? 0 : 6, page === 1 ? 6 : 12)
      return json({ data: rows, pagination: { page, limit: 6, total: 12, pages: 3 } })
    }
    expect(await sync()).toMatchObject({ complete: true, people: 12, added: { length: 12 } })
  })

  it('has people twice, each time: its list is whole all the same, and those who are gone leave', async () => {
    on.service.people = await Promise.all(Array.from({ length: 120 }, (_, i) => servedPerson(i)))
    await sync()
    const twice = on.service.people.slice(0, 3)
    on.service.people = [...on.service.people, ...twice]
    remove(50)
    expect(await sync()).toMatchObject({ complete: true, people: 119, removed: [personId(50)] })
  })

  it('has a total that shrinks from page to page: nobody is removed', async () => {
    on.service.people = await Promise.all(Array.from({ length: 120 }, (_, i) => servedPerson(i)))
    await sync()
    remove(50)
    let total = 119
    on.service.total = () => total--
    expect(await sync()).toMatchObject({ complete: false, removed: [] })
    expect(await whoIs(50)).toBe(personId(50))
  })
})

describe('a service that has lost most of its people', () => {
  it.each([
    [5, 4],
    [5, 3],
    [3, 3],
    [12, 7],
    [12, 12],
  ])('keeps all %i, of whom %i are gone, and says so, until it is told that this is right', async (count, gone) => {
    on.service.people = on.service.people.slice(0, count)
    await sync()
    const before = await on.matcher.records.state(syncTimeKey(collectionId))
    on.service.people = [...on.service.people.slice(gone), await servedPerson(600)]
    const lost = Array.from({ length: gone }, (_, i) => personId(i))
    const expected = { complete: true, removed: [], kept: [], withheld: lost }
    expect(await sync({ dryRun: true })).toMatchObject({ ...expected, added: [personId(600)] })
    expect(await sync()).toMatchObject({ ...expected, added: [personId(600)] })
    expect([await whoIs(0), await whoIs(600)]).toEqual([personId(0), personId(600)])
    expect(await on.matcher.records.state(syncTimeKey(collectionId))).toBe(before)
    expect(await sync({ mostRemovals: 1 })).toMatchObject({ removed: lost, withheld: [] })
    expect(await here()).toEqual(there())
    expect(await on.matcher.records.state(syncTimeKey(collectionId))).not.toBe(before)
  })

  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [12, 6],
  ])('of %i loses %i, who are no more than half or two', async (count, gone) => {
    on.service.people = on.service.people.slice(0, count)
    await sync()
    on.service.people = on.service.people.slice(gone)
    expect(await sync()).toMatchObject({ removed: { length: gone }, withheld: [] })
  })

  it('takes a share from 0 to 1', async () => {
    await sync()
    for (const one of [0, 1, 2]) remove(one)
    expect(await sync({ mostRemovals: 0.2 })).toMatchObject({ removed: [], withheld: { length: 3 } })
    expect(await sync({ mostRemovals: 0.25 })).toMatchObject({ removed: { length: 3 }, withheld: [] })
    for (const mostRemovals of [-0.1, 1.1, Number.NaN, '1' as never]) {
      await rejects(sync({ mostRemovals }), 'invalid_option')
    }
  })
})
