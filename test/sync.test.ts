import { inspectImageFile, memoryStore, syncNoteKey, syncTimeKey } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { forgetCollection, type SyncProgress } from '@visavis/remote'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf, templateOf } from './support/color-recognizer.ts'
import { guests, personId, pictureText, servedPerson, staff, type PicturePlace } from './support/people-service.ts'
import { rejects } from './support/rejects.ts'
import { collectionId, setUpSync } from './support/synced-gallery.ts'
import { search } from './support/verifik-client.ts'

const { on, open, sync, whoIs, here, there, remove, change } = setUpSync()

describe('a sync', () => {
  it('brings a collection over, with everything that finds its people, and its age', async () => {
    const report = await sync()
    expect(report).toMatchObject({ collectionId, complete: true, people: 120, pictures: 120, changed: [], removed: [] })
    expect(report.added).toEqual(on.service.people.map(({ _id }) => _id))
    expect(await here()).toEqual(there())
    expect(await whoIs(77, { collectionId })).toBe(personId(77))
    const { candidates, collectionAge } = await on.matcher.search(pictureOf(3), { ...search, collectionId })
    expect(candidates[0]).toMatchObject({
      name: 'Person 3',
      collections: [{ id: collectionId, name: 'Staff', count: 120 }],
    })
    expect(collectionAge).toBeGreaterThanOrEqual(0)
  })

  it('embeds nothing and writes nothing but the time where nothing has changed', async () => {
    await sync()
    const written: string[] = []
    const { write } = on.store
    on.store.write = (changes) => {
      written.push(...changes.map((one) => ('key' in one ? `${one.kind} ${one.key}` : one.kind)))
      return write.call(on.store, changes)
    }
    const report = await sync()
    expect(report).toMatchObject({ complete: true, added: [], changed: [], removed: [], unchanged: 120, pictures: 0 })
    expect(written).toEqual([`put_state ${syncTimeKey(collectionId)}`])
  })

  it('brings who is new or has changed, and takes away who is gone', async () => {
    await sync()
    await change(5, 1005)
    const renamed = on.service.people.find(({ _id }) => _id === personId(6))
    if (renamed !== undefined) Object.assign(renamed, { name: 'Somebody Else', updatedAt: '2026-04-01T08:00:00.000Z' })
    remove(7)
    on.service.people.push(await servedPerson(500))
    const report = await sync()
    expect(report).toMatchObject({
      complete: true,
      added: [personId(500)],
      changed: [personId(5), personId(6)],
      removed: [personId(7)],
      kept: [],
      unchanged: 117,
      pictures: 2,
    })
    expect(await here()).toEqual(there())
    expect(await Promise.all([5, 1005, 7].map((one) => whoIs(one)))).toEqual([undefined, personId(5), undefined])
    expect(await on.matcher.records.states(`sync/person/${personId(7)}`)).toEqual([])
  })

  it('says what would change without changing anything', async () => {
    await sync()
    remove(0)
    await change(1, 1001)
    on.service.people.push(await servedPerson(501))
    const before = await here()
    const report = await sync({ dryRun: true })
    expect(report).toMatchObject({
      dryRun: true,
      added: [personId(501)],
      changed: [personId(1)],
      removed: [personId(0)],
      pictures: 0,
    })
    expect(await here()).toEqual(before)
  })

  it.each<PicturePlace>(['thumbnails', 'images', 'alone', 'lookup'])('finds pictures in %s', async (place) => {
    on.service.people = on.service.people.slice(0, 12)
    on.service.pictures = place
    expect(await sync()).toMatchObject({ complete: true, pictures: 12, problems: [] })
    expect(await here()).toEqual(there())
    expect(await sync()).toMatchObject({ pictures: 0, unchanged: 12 })
  })

  it('takes other formats, and cuts photographs to the face', async () => {
    on.service.people = on.service.people.slice(0, 2)
    const [a, b] = on.service.people
    if (a === undefined || b === undefined) throw new Error('There are too few people.')
    const { data } = pictureOf(300)
    const image = sharp(data, { raw: { width: 16, height: 16, channels: 3 } })
    a.thumbnails = [{ id: 'drawn', thumbnail: (await image.clone().png().toBuffer()).toString('base64') }]
    const large = image.resize(400, 400, { kernel: 'nearest' }).jpeg({ quality: 95 })
    b.thumbnails = [{ id: 'photograph', thumbnail: (await large.toBuffer()).toString('base64') }]
    expect(await sync()).toMatchObject({ pictures: 2, problems: [] })
    const people = await on.matcher.records.persons([a._id, b._id])
    for (const { faces } of people) {
      const { format, width } = inspectImageFile(faces[0]?.thumbnail ?? new Uint8Array())
      expect({ format, isSmall: width <= 256 }).toEqual({ format: 'jpeg', isSmall: true })
    }
    const { dimensions } = on.matcher.records.model
    expect(people.map(({ faces }) => faces[0]?.template.length)).toEqual([dimensions, dimensions])
    expect(await sync()).toMatchObject({ unchanged: 2, pictures: 0 })
  })

  it('stops when it is told to, and goes on from there', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const onProgress = ({ people }: SyncProgress): void => {
      if (people >= 60) stop.abort(reason)
    }
    const before = sync({ signal: stop.signal, onProgress })
    // Progress is told ten times a second at most, so that a fast machine is done before.
    const first = await before.catch((error: unknown) => error)
    expect([reason, expect.objectContaining({ complete: true })]).toContainEqual(first)
    expect(await sync()).toMatchObject({ complete: true, people: 120 })
    expect(await here()).toEqual(there())
  })

  it('keeps people without a usable face, says why each time, and tries again when the picture changes', async () => {
    const [a, b, c] = on.service.people.slice(0, 3)
    if (a === undefined || b === undefined || c === undefined) throw new Error('There are too few people.')
    a.thumbnails = [{ id: 'wall', thumbnail: await pictureText() }]
    b.thumbnails = []
    c.thumbnails = [{ id: 'torn', thumbnail: (await pictureText(2)).slice(0, 200) }]
    const problems = [
      { personId: a._id, code: 'no_face' },
      { personId: b._id, code: 'no_picture' },
      { personId: c._id, code: 'invalid_image' },
    ]
    expect(await sync()).toMatchObject({ complete: true, people: 120, problems })
    expect(await sync()).toMatchObject({ unchanged: 120, pictures: 0, problems })
    expect(await on.matcher.persons.get(a._id)).toMatchObject({ name: 'Person 0', thumbnails: [{ id: 'wall' }] })
    expect(await on.matcher.persons.get(b._id)).toMatchObject({ name: 'Person 1', thumbnails: [] })
    await change(0, 0)
    await change(1, 1)
    await change(2, 2)
    expect(await sync()).toMatchObject({ changed: [a._id, b._id, c._id], pictures: 3, problems: [] })
    expect(await here()).toEqual(there())
  })

  it('keeps the face that is here where the service loses or breaks its picture, not where it has another one', async () => {
    await sync()
    const [a, b, c] = on.service.people.slice(0, 3)
    if (a === undefined || b === undefined || c === undefined) throw new Error('There are too few people.')
    a.thumbnails = []
    b.thumbnails = [{ id: 'torn', thumbnail: (await pictureText(1)).slice(0, 200) }]
    c.thumbnails = [{ id: 'wall', thumbnail: await pictureText() }]
    const { problems } = await sync()
    expect(problems.map(({ code }) => code)).toEqual(['no_picture', 'invalid_image', 'no_face'])
    expect(await Promise.all([0, 1, 2].map((one) => whoIs(one)))).toEqual([a._id, b._id, undefined])
  })

  it('reads pictures again with another model', async () => {
    await sync()
    const kept = on.store
    kept.close = async () => {}
    await on.matcher.close()
    await open(kept, colorRecognizer('hues'))
    expect(await sync()).toMatchObject({ changed: { length: 120 }, pictures: 120 })
    expect(await on.matcher.outdatedPeople()).toBe(0)
    expect(await whoIs(9)).toBe(personId(9))
  })

  it('puts right what callers have changed here', async () => {
    await sync()
    await on.matcher.persons.update(personId(4), { name: 'Renamed Here' })
    await on.matcher.persons.update(personId(8), { images: [pictureOf(1008)] })
    await on.matcher.persons.delete(personId(9))
    expect(await sync()).toMatchObject({ added: [personId(9)], changed: [personId(4), personId(8)], pictures: 2 })
    expect(await here()).toEqual(there())
  })

  it('has as many pictures read at once as it is told to', async () => {
    let reading = 0
    let most = 0
    const { records } = on.matcher
    const renewed: typeof records.renewed = async (...args) => {
      most = Math.max(most, ++reading)
      return records.renewed(...args).finally(() => reading--)
    }
    await sync({ matcher: { records: { ...records, renewed } }, atOnce: 1 })
    expect(most).toBe(1)
    expect(await here()).toEqual(there())
    for (const atOnce of [0, 1.5, 101]) await rejects(sync({ atOnce }), 'invalid_option')
  })

  it('says how far it is, in phases, with a rate and the time left', async () => {
    const told: SyncProgress[] = []
    await sync({ onProgress: (progress) => told.push(progress) })
    expect(told[0]).toMatchObject({ phase: 'reading', reading: 1, people: 0 })
    const read = told.findLast(({ phase }) => phase === 'reading')
    expect(read).toMatchObject({ people: 120, total: 120, pictures: 120, timeLeft: 0 })
    expect(read?.peoplePerSecond).toBeGreaterThan(0)
    expect(told.at(-1)).toMatchObject({ phase: 'writing' })
  })

  it('leaves everything as it is where the service does not have the collection, and while it is aborted', async () => {
    await sync()
    const before = await here()
    await rejects(sync({ collectionId: '00000000-0000-4000-8000-000000000000' }), 'collection_not_found')
    await rejects(sync({ collectionId: '' }), 'invalid_option')
    const reason = new Error('enough')
    await expect(sync({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(await here()).toEqual(before)
  })

  it('takes its turn where another one runs', async () => {
    const [first, second] = await Promise.all([sync(), sync()])
    expect([first.added.length, second.added.length, second.unchanged]).toEqual([120, 0, 120])
    const stop = new AbortController()
    const running = sync()
    const waiting = sync({ signal: stop.signal })
    stop.abort(new Error('no longer'))
    await expect(waiting).rejects.toThrow('no longer')
    expect((await running).complete).toBe(true)
  })
})

describe('people in several collections', () => {
  it('stay while one of them has them', async () => {
    for (const person of on.service.people.slice(0, 3)) person.collections = [staff._id, guests._id]
    await sync()
    expect(await sync({ collectionId: guests.code })).toMatchObject({ added: { length: 3 }, pictures: 0 })
    for (const person of on.service.people.slice(0, 2)) person.collections = [guests._id]
    const removed = { removed: [personId(0), personId(1)], kept: [personId(0), personId(1)] }
    expect(await sync({ dryRun: true })).toMatchObject(removed)
    expect(await sync()).toMatchObject({ ...removed, complete: true })
    expect(await whoIs(0)).toBe(personId(0))
    expect(await whoIs(0, { collectionId })).toBeUndefined()
    expect([await here(), await here(guests.code)]).toEqual([there(), there(guests._id)])
    remove(0)
    expect(await sync({ collectionId: guests.code })).toMatchObject({ removed: [personId(0)], kept: [] })
    expect(await on.matcher.persons.get(personId(0))).toBeNull()
  })

  it('go with the last one that is still here', async () => {
    for (const person of on.service.people) person.collections = [staff._id, guests._id]
    await sync()
    await sync({ collectionId: guests.code })
    await on.matcher.collections.delete(guests.code)
    remove(0)
    expect(await sync()).toMatchObject({ removed: [personId(0)], kept: [] })
    expect(await on.matcher.persons.get(personId(0))).toBeNull()
  })

  it('stay where another one has them, though they were taken out of it here', async () => {
    for (const person of on.service.people.slice(0, 2)) person.collections = [staff._id, guests._id]
    await sync()
    await sync({ collectionId: guests.code })
    await on.matcher.persons.update(personId(0), { collections: [collectionId] })
    for (const person of on.service.people.slice(0, 2)) person.collections = [guests._id]
    expect(await sync()).toMatchObject({ removed: [personId(0), personId(1)], kept: [personId(0), personId(1)] })
    expect(await on.matcher.records.ids(guests.code)).toEqual([personId(1)])
    expect(await sync({ collectionId: guests.code })).toMatchObject({ changed: [], added: [personId(0)] })
    expect(await here(guests.code)).toEqual(there(guests._id))
  })
})

describe('a collection that is forgotten', () => {
  it('goes with who came by its syncs alone, and with what was put by', async () => {
    for (const person of on.service.people.slice(0, 2)) person.collections = [staff._id, guests._id]
    await sync()
    await sync({ collectionId: guests.code })
    const own = await on.matcher.collections.create({ name: 'Night shift' })
    await on.matcher.persons.update(personId(5), { collections: [collectionId, own.id] })
    const { id: enrolled } = await on.matcher.persons.create({
      name: 'Here',
      images: [pictureOf(2000)],
      collections: [collectionId],
    })
    for (let i = 10; i < 90; i++) await change(i, 1000 + i)
    on.service.fault = ({ path, query }) =>
      path === '/persons' && query.get('page') === '2' ? { kind: 'reset' } : undefined
    await rejects(sync(), 'network')
    expect(await on.store.areas()).toHaveLength(1)
    const report = await forgetCollection({ matcher: on.matcher, collectionId })
    expect(report.removed).toHaveLength(121)
    expect(report.kept.toSorted()).toEqual([personId(0), personId(1), personId(5), enrolled].toSorted())
    expect(await on.matcher.records.ids()).toEqual(report.kept.toSorted())
    expect(await on.matcher.collections.get(collectionId)).toBeNull()
    expect(await on.store.areas()).toEqual([])
    expect((await on.matcher.records.states('')).map(([key]) => key).toSorted()).toEqual(
      [syncNoteKey(personId(0)), syncNoteKey(personId(1)), syncTimeKey(guests.code)].toSorted(),
    )
    expect(await whoIs(2000)).toBe(enrolled)
    on.service.fault = () => undefined
    expect(await sync()).toMatchObject({ complete: true, resumed: 0, people: 120 })
    expect(await forgetCollection({ matcher: on.matcher, collectionId: 'never here' })).toEqual({
      removed: [],
      kept: [],
    })
  })

  it('waits for its sync, and is gone when it has resolved', async () => {
    const running = sync()
    await forgetCollection({ matcher: on.matcher, collectionId })
    expect(await running).toMatchObject({ complete: true })
    expect(await on.matcher.records.ids()).toEqual([])
    expect(await on.matcher.collections.get(collectionId)).toBeNull()
  })
})

describe('people who are deleted on this device', () => {
  it('leave nothing in what an interrupted sync has put by, and come again with the next one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-sync-'))
    await on.matcher.close()
    await open(await sqliteStore({ path: join(folder, 'people.db') }))
    await sync()
    for (let i = 0; i < 90; i++) await change(i, 1000 + i)
    const [row] = on.service.people
    if (row !== undefined) Object.assign(row, { name: 'Somebody Else Entirely' })
    on.service.fault = ({ path, query }) =>
      path === '/persons' && query.get('page') === '2' ? { kind: 'reset' } : undefined
    await rejects(sync(), 'network')
    const newTemplate = Buffer.from(templateOf(1000).buffer).subarray(0, 64)
    const newPicture = Buffer.from(row?.thumbnails[0]?.thumbnail ?? '', 'base64').subarray(-64)
    const traces = ['Somebody Else Entirely', 'Person 0"', newTemplate, newPicture, personId(0)]
    const left = async (): Promise<boolean[]> => {
      const files = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file))))
      return traces.map((trace) => files.some((file) => file.includes(trace)))
    }
    expect(await left()).toEqual([true, true, true, true, true])
    await on.matcher.persons.delete(personId(0))
    expect(await left()).toEqual([false, false, false, false, false])
    on.service.fault = () => undefined
    expect(await sync()).toMatchObject({ complete: true, added: [personId(0)], resumed: 89, pictures: 1, problems: [] })
    expect(await here()).toEqual(there())
    await on.matcher.close()
    await rm(folder, { recursive: true })
    await open(memoryStore())
  })

  it('while it runs stay deleted, are told of, and come again with the next one', async () => {
    await sync()
    const syncedAt = await on.matcher.records.state(syncTimeKey(collectionId))
    for (let i = 0; i < 60; i++) await change(i, 1000 + i)
    on.service.beforePage = async (page) => {
      if (page !== 2) return
      on.service.beforePage = () => {}
      await on.matcher.persons.delete(personId(2))
      await on.matcher.persons.delete(personId(70))
    }
    const report = await sync()
    expect(report.problems).toEqual([2, 70].map((one) => ({ personId: personId(one), code: 'person_not_found' })))
    expect(report).toMatchObject({ complete: true, people: 120, changed: { length: 59 }, unchanged: 59 })
    expect(await on.matcher.records.ids()).toHaveLength(118)
    expect([await whoIs(1002), await whoIs(70)]).toEqual([undefined, undefined])
    // It is no newer than it was: somebody is missing.
    expect(await on.matcher.records.state(syncTimeKey(collectionId))).toBe(syncedAt)
    expect(await sync()).toMatchObject({ added: [personId(2), personId(70)], pictures: 2, problems: [] })
    expect(await here()).toEqual(there())
  })
})

describe('people who were enrolled on this device', () => {
  it('are not deleted where they join another collection at the last moment', async () => {
    await sync()
    const own = await on.matcher.collections.create({ name: 'Night shift' })
    remove(9)
    let looks = 0
    const { records } = on.matcher
    const persons: typeof records.persons = async (ids) => {
      const found = await records.persons(ids)
      // Seen as they were, and then changed: the swap must look again.
      if (ids.includes(personId(9)) && looks++ === 0) {
        await on.matcher.persons.update(personId(9), { collections: [collectionId, own.id] })
      }
      return found
    }
    const report = await sync({ matcher: { records: { ...records, persons } } })
    expect(looks).toBe(2)
    expect(report).toMatchObject({ complete: true, removed: [personId(9)], kept: [personId(9)] })
    expect(await whoIs(9, { collectionId: own.id })).toBe(personId(9))
  })

  it('stay as they are, in and out of the collection, whoever has their id at the service', async () => {
    await on.matcher.persons.create({ id: 'visitor', name: 'A Visitor', images: [pictureOf(2000)] })
    await on.matcher.persons.create({ id: personId(3), name: 'Another', images: [pictureOf(2001)] })
    await sync()
    await on.matcher.persons.create({
      id: 'helper',
      name: 'A Helper',
      images: [pictureOf(2002)],
      collections: [collectionId],
    })
    const report = await sync()
    expect(report).toMatchObject({ removed: ['helper'], kept: ['helper'] })
    expect(report.problems).toEqual([{ personId: personId(3), code: 'person_exists' }])
    expect(await Promise.all([2000, 2001, 2002, 3].map((one) => whoIs(one)))).toEqual([
      'visitor',
      personId(3),
      'helper',
      undefined,
    ])
    expect(await whoIs(2002, { collectionId })).toBeUndefined()
    remove(3)
    await sync()
    expect(await whoIs(2001)).toBe(personId(3))
  })

  it('stay as they are where they came while the sync ran', async () => {
    const own = await on.matcher.collections.create({ name: 'Night shift' })
    on.service.beforePage = () => {
      on.service.beforePage = () => {}
      void on.matcher.persons.create({ id: personId(100), name: 'Just Now', images: [pictureOf(2003)] })
    }
    const { problems, added } = await sync()
    expect(problems).toEqual([{ personId: personId(100), code: 'person_exists' }])
    expect(added).toHaveLength(119)
    expect(await whoIs(2003)).toBe(personId(100))
    await on.matcher.persons.update(personId(5), { collections: [collectionId, own.id] })
    on.service.beforePage = () => {
      void on.matcher.persons.update(personId(6), { collections: [collectionId, own.id] })
    }
    await change(6, 1006)
    await sync()
    expect(await on.matcher.records.ids(own.id)).toEqual([personId(5), personId(6)])
    expect(await whoIs(1006, { collectionId: own.id })).toBe(personId(6))
    remove(5)
    on.service.beforePage = () => {}
    expect(await sync()).toMatchObject({ removed: [personId(5)], kept: [personId(5)] })
    expect(await whoIs(5, { collectionId: own.id })).toBe(personId(5))
  })
})
