import {
  createMatcher,
  encryptedStore,
  inspectImageFile,
  memoryStore,
  syncNoteKey,
  syncTimeKey,
  VisavisError,
  type LocalMatcher,
  type Store,
  type StoreChange,
} from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { forgetCollection, syncCollection, type SyncOptions, type SyncProgress, type SyncReport } from '@visavis/remote'
import fc from 'fast-check'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf, templateOf } from './support/color-recognizer.ts'
import {
  guests,
  PeopleService,
  personId,
  pictureText,
  servedPerson,
  staff,
  type PicturePlace,
} from './support/people-service.ts'
import { rejects } from './support/rejects.ts'
import { json, search, setUpClients } from './support/verifik-client.ts'

const setup = setUpClients()
const collectionId = staff.code

let service: PeopleService
let store: Store
let matcher: LocalMatcher

beforeEach(async () => {
  service = new PeopleService(await Promise.all(Array.from({ length: 120 }, (_, i) => servedPerson(i))))
  setup.session.otherwise = service.answer
  await open(memoryStore())
})

afterEach(() => matcher.close())

async function open(kept: Store, recognizer = colorRecognizer()): Promise<void> {
  store = kept
  matcher = await createMatcher({ recognizer, store })
}

function sync(options: Partial<SyncOptions> = {}): Promise<SyncReport> {
  return syncCollection({ client: setup.connect(), matcher, collectionId, ...options })
}

async function whoIs(number: number, options: { collectionId?: string } = {}): Promise<string | undefined> {
  const { candidates } = await matcher.search(pictureOf(number), { ...search, minScore: 0.9, ...options })
  return candidates[0]?.id
}

/** Everything about the people of a collection that a sync brings. */
async function here(id = collectionId): Promise<object[]> {
  const people = await matcher.records.persons(await matcher.records.ids(id))
  return people.map(({ id: _id, name, modifiedAt, faces }) => ({
    _id,
    name,
    updatedAt: modifiedAt,
    pictures: faces.map((face) => Buffer.from(face.thumbnail).toString('base64')),
    templates: faces.map(({ template }) => template.length > 0),
  }))
}

function there(collection = staff._id, isUsable: (id: string) => boolean = () => true): object[] {
  return service.people
    .filter(({ collections }) => collections.includes(collection))
    .map(({ _id, name, updatedAt, thumbnails }) => ({
      _id,
      name,
      updatedAt,
      pictures: thumbnails.map(({ thumbnail }) => thumbnail),
      templates: thumbnails.map(() => isUsable(_id)),
    }))
    .sort((a, b) => (a._id < b._id ? -1 : 1))
}

/** As {@link here}; nobody before the first sync. */
async function stored(): Promise<object[]> {
  return (await matcher.collections.get(collectionId)) === null ? [] : here()
}

function remove(number: number): void {
  service.people = service.people.filter(({ _id }) => _id !== personId(number))
}

async function change(number: number, picture: number): Promise<void> {
  const person = service.people.find(({ _id }) => _id === personId(number))
  if (person === undefined) throw new Error('There is no such person.')
  person.thumbnails = [{ id: `face-${picture}`, thumbnail: await pictureText(picture) }]
}

describe('a sync', () => {
  it('brings a collection over, with everything that finds its people, and its age', async () => {
    const report = await sync()
    expect(report).toMatchObject({ collectionId, complete: true, people: 120, pictures: 120, changed: [], removed: [] })
    expect(report.added).toEqual(service.people.map(({ _id }) => _id))
    expect(await here()).toEqual(there())
    expect(await whoIs(77, { collectionId })).toBe(personId(77))
    const { candidates, collectionAge } = await matcher.search(pictureOf(3), { ...search, collectionId })
    expect(candidates[0]).toMatchObject({
      name: 'Person 3',
      collections: [{ id: collectionId, name: 'Staff', count: 120 }],
    })
    expect(collectionAge).toBeGreaterThanOrEqual(0)
  })

  it('embeds nothing and writes nothing but the time where nothing has changed', async () => {
    await sync()
    const written: string[] = []
    const { write } = store
    store.write = (changes) => {
      written.push(...changes.map((one) => ('key' in one ? `${one.kind} ${one.key}` : one.kind)))
      return write.call(store, changes)
    }
    const report = await sync()
    expect(report).toMatchObject({ complete: true, added: [], changed: [], removed: [], unchanged: 120, pictures: 0 })
    expect(written).toEqual([`put_state ${syncTimeKey(collectionId)}`])
  })

  it('brings who is new or has changed, and takes away who is gone', async () => {
    await sync()
    await change(5, 1005)
    const renamed = service.people.find(({ _id }) => _id === personId(6))
    if (renamed !== undefined) Object.assign(renamed, { name: 'Somebody Else', updatedAt: '2026-04-01T08:00:00.000Z' })
    remove(7)
    service.people.push(await servedPerson(500))
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
    expect(await matcher.records.states(`sync/person/${personId(7)}`)).toEqual([])
  })

  it('says what would change without changing anything', async () => {
    await sync()
    remove(0)
    await change(1, 1001)
    service.people.push(await servedPerson(501))
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
    service.people = service.people.slice(0, 12)
    service.pictures = place
    expect(await sync()).toMatchObject({ complete: true, pictures: 12, problems: [] })
    expect(await here()).toEqual(there())
    expect(await sync()).toMatchObject({ pictures: 0, unchanged: 12 })
  })

  it('takes other formats, and cuts photographs to the face', async () => {
    service.people = service.people.slice(0, 2)
    const [a, b] = service.people
    if (a === undefined || b === undefined) throw new Error('There are too few people.')
    const { data } = pictureOf(300)
    const image = sharp(data, { raw: { width: 16, height: 16, channels: 3 } })
    a.thumbnails = [{ id: 'drawn', thumbnail: (await image.clone().png().toBuffer()).toString('base64') }]
    const large = image.resize(400, 400, { kernel: 'nearest' }).jpeg({ quality: 95 })
    b.thumbnails = [{ id: 'photograph', thumbnail: (await large.toBuffer()).toString('base64') }]
    expect(await sync()).toMatchObject({ pictures: 2, problems: [] })
    const people = await matcher.records.persons([a._id, b._id])
    for (const { faces } of people) {
      const { format, width } = inspectImageFile(faces[0]?.thumbnail ?? new Uint8Array())
      expect({ format, isSmall: width <= 256 }).toEqual({ format: 'jpeg', isSmall: true })
    }
    const { dimensions } = matcher.records.model
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
    const [a, b, c] = service.people.slice(0, 3)
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
    expect(await matcher.persons.get(a._id)).toMatchObject({ name: 'Person 0', thumbnails: [{ id: 'wall' }] })
    expect(await matcher.persons.get(b._id)).toMatchObject({ name: 'Person 1', thumbnails: [] })
    await change(0, 0)
    await change(1, 1)
    await change(2, 2)
    expect(await sync()).toMatchObject({ changed: [a._id, b._id, c._id], pictures: 3, problems: [] })
    expect(await here()).toEqual(there())
  })

  it('keeps the face that is here where the service loses or breaks its picture, not where it has another one', async () => {
    await sync()
    const [a, b, c] = service.people.slice(0, 3)
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
    const kept = store
    kept.close = async () => {}
    await matcher.close()
    await open(kept, colorRecognizer('hues'))
    expect(await sync()).toMatchObject({ changed: { length: 120 }, pictures: 120 })
    expect(await matcher.outdatedPeople()).toBe(0)
    expect(await whoIs(9)).toBe(personId(9))
  })

  it('puts right what callers have changed here', async () => {
    await sync()
    await matcher.persons.update(personId(4), { name: 'Renamed Here' })
    await matcher.persons.update(personId(8), { images: [pictureOf(1008)] })
    await matcher.persons.delete(personId(9))
    expect(await sync()).toMatchObject({ added: [personId(9)], changed: [personId(4), personId(8)], pictures: 2 })
    expect(await here()).toEqual(there())
  })

  it('has as many pictures read at once as it is told to', async () => {
    let reading = 0
    let most = 0
    const { records } = matcher
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
    for (const person of service.people.slice(0, 3)) person.collections = [staff._id, guests._id]
    await sync()
    expect(await sync({ collectionId: guests.code })).toMatchObject({ added: { length: 3 }, pictures: 0 })
    for (const person of service.people.slice(0, 2)) person.collections = [guests._id]
    const removed = { removed: [personId(0), personId(1)], kept: [personId(0), personId(1)] }
    expect(await sync({ dryRun: true })).toMatchObject(removed)
    expect(await sync()).toMatchObject({ ...removed, complete: true })
    expect(await whoIs(0)).toBe(personId(0))
    expect(await whoIs(0, { collectionId })).toBeUndefined()
    expect([await here(), await here(guests.code)]).toEqual([there(), there(guests._id)])
    remove(0)
    expect(await sync({ collectionId: guests.code })).toMatchObject({ removed: [personId(0)], kept: [] })
    expect(await matcher.persons.get(personId(0))).toBeNull()
  })

  it('go with the last one that is still here', async () => {
    for (const person of service.people) person.collections = [staff._id, guests._id]
    await sync()
    await sync({ collectionId: guests.code })
    await matcher.collections.delete(guests.code)
    remove(0)
    expect(await sync()).toMatchObject({ removed: [personId(0)], kept: [] })
    expect(await matcher.persons.get(personId(0))).toBeNull()
  })

  it('stay where another one has them, though they were taken out of it here', async () => {
    for (const person of service.people.slice(0, 2)) person.collections = [staff._id, guests._id]
    await sync()
    await sync({ collectionId: guests.code })
    await matcher.persons.update(personId(0), { collections: [collectionId] })
    for (const person of service.people.slice(0, 2)) person.collections = [guests._id]
    expect(await sync()).toMatchObject({ removed: [personId(0), personId(1)], kept: [personId(0), personId(1)] })
    expect(await matcher.records.ids(guests.code)).toEqual([personId(1)])
    expect(await sync({ collectionId: guests.code })).toMatchObject({ changed: [], added: [personId(0)] })
    expect(await here(guests.code)).toEqual(there(guests._id))
  })
})

describe('a collection that is forgotten', () => {
  it('goes with who came by its syncs alone, and with what was put by', async () => {
    for (const person of service.people.slice(0, 2)) person.collections = [staff._id, guests._id]
    await sync()
    await sync({ collectionId: guests.code })
    const own = await matcher.collections.create({ name: 'Night shift' })
    await matcher.persons.update(personId(5), { collections: [collectionId, own.id] })
    const { id: enrolled } = await matcher.persons.create({
      name: 'Here',
      images: [pictureOf(2000)],
      collections: [collectionId],
    })
    for (let i = 10; i < 90; i++) await change(i, 1000 + i)
    service.fault = ({ path, query }) =>
      path === '/persons' && query.get('page') === '2' ? { kind: 'reset' } : undefined
    await rejects(sync(), 'network')
    expect(await store.areas()).toHaveLength(1)
    const report = await forgetCollection({ matcher, collectionId })
    expect(report.removed).toHaveLength(121)
    expect(report.kept.toSorted()).toEqual([personId(0), personId(1), personId(5), enrolled].toSorted())
    expect(await matcher.records.ids()).toEqual(report.kept.toSorted())
    expect(await matcher.collections.get(collectionId)).toBeNull()
    expect(await store.areas()).toEqual([])
    expect((await matcher.records.states('')).map(([key]) => key).toSorted()).toEqual(
      [syncNoteKey(personId(0)), syncNoteKey(personId(1)), syncTimeKey(guests.code)].toSorted(),
    )
    expect(await whoIs(2000)).toBe(enrolled)
    service.fault = () => undefined
    expect(await sync()).toMatchObject({ complete: true, resumed: 0, people: 120 })
    expect(await forgetCollection({ matcher, collectionId: 'never here' })).toEqual({ removed: [], kept: [] })
  })

  it('waits for its sync, and is gone when it has resolved', async () => {
    const running = sync()
    await forgetCollection({ matcher, collectionId })
    expect(await running).toMatchObject({ complete: true })
    expect(await matcher.records.ids()).toEqual([])
    expect(await matcher.collections.get(collectionId)).toBeNull()
  })
})

describe('people who are deleted on this device', () => {
  it('leave nothing in what an interrupted sync has put by, and come again with the next one', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'visavis-sync-'))
    await matcher.close()
    await open(await sqliteStore({ path: join(folder, 'people.db') }))
    await sync()
    for (let i = 0; i < 90; i++) await change(i, 1000 + i)
    const [row] = service.people
    if (row !== undefined) Object.assign(row, { name: 'Somebody Else Entirely' })
    service.fault = ({ path, query }) =>
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
    await matcher.persons.delete(personId(0))
    expect(await left()).toEqual([false, false, false, false, false])
    service.fault = () => undefined
    expect(await sync()).toMatchObject({ complete: true, added: [personId(0)], resumed: 89, pictures: 1, problems: [] })
    expect(await here()).toEqual(there())
    await matcher.close()
    await rm(folder, { recursive: true })
    await open(memoryStore())
  })

  it('while it runs stay deleted, are told of, and come again with the next one', async () => {
    await sync()
    const syncedAt = await matcher.records.state(syncTimeKey(collectionId))
    for (let i = 0; i < 60; i++) await change(i, 1000 + i)
    service.beforePage = async (page) => {
      if (page !== 2) return
      service.beforePage = () => {}
      await matcher.persons.delete(personId(2))
      await matcher.persons.delete(personId(70))
    }
    const report = await sync()
    expect(report.problems).toEqual([2, 70].map((one) => ({ personId: personId(one), code: 'person_not_found' })))
    expect(report).toMatchObject({ complete: true, people: 120, changed: { length: 59 }, unchanged: 59 })
    expect(await matcher.records.ids()).toHaveLength(118)
    expect([await whoIs(1002), await whoIs(70)]).toEqual([undefined, undefined])
    // It is no newer than it was: somebody is missing.
    expect(await matcher.records.state(syncTimeKey(collectionId))).toBe(syncedAt)
    expect(await sync()).toMatchObject({ added: [personId(2), personId(70)], pictures: 2, problems: [] })
    expect(await here()).toEqual(there())
  })
})

describe('people who were enrolled on this device', () => {
  it('are not deleted where they join another collection at the last moment', async () => {
    await sync()
    const own = await matcher.collections.create({ name: 'Night shift' })
    remove(9)
    let looks = 0
    const { records } = matcher
    const persons: typeof records.persons = async (ids) => {
      const found = await records.persons(ids)
      // Seen as they were, and then changed: the swap must look again.
      if (ids.includes(personId(9)) && looks++ === 0) {
        await matcher.persons.update(personId(9), { collections: [collectionId, own.id] })
      }
      return found
    }
    const report = await sync({ matcher: { records: { ...records, persons } } })
    expect(looks).toBe(2)
    expect(report).toMatchObject({ complete: true, removed: [personId(9)], kept: [personId(9)] })
    expect(await whoIs(9, { collectionId: own.id })).toBe(personId(9))
  })

  it('stay as they are, in and out of the collection, whoever has their id at the service', async () => {
    await matcher.persons.create({ id: 'visitor', name: 'A Visitor', images: [pictureOf(2000)] })
    await matcher.persons.create({ id: personId(3), name: 'Another', images: [pictureOf(2001)] })
    await sync()
    await matcher.persons.create({
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
    const own = await matcher.collections.create({ name: 'Night shift' })
    service.beforePage = () => {
      service.beforePage = () => {}
      void matcher.persons.create({ id: personId(100), name: 'Just Now', images: [pictureOf(2003)] })
    }
    const { problems, added } = await sync()
    expect(problems).toEqual([{ personId: personId(100), code: 'person_exists' }])
    expect(added).toHaveLength(119)
    expect(await whoIs(2003)).toBe(personId(100))
    await matcher.persons.update(personId(5), { collections: [collectionId, own.id] })
    service.beforePage = () => {
      void matcher.persons.update(personId(6), { collections: [collectionId, own.id] })
    }
    await change(6, 1006)
    await sync()
    expect(await matcher.records.ids(own.id)).toEqual([personId(5), personId(6)])
    expect(await whoIs(1006, { collectionId: own.id })).toBe(personId(6))
    remove(5)
    service.beforePage = () => {}
    expect(await sync()).toMatchObject({ removed: [personId(5)], kept: [personId(5)] })
    expect(await whoIs(5, { collectionId: own.id })).toBe(personId(5))
  })
})

function isSwap(changes: readonly StoreChange[]): boolean {
  return changes.some(({ kind }) => kind === 'put_staged')
}

it('changes nothing where a full disk stops it, and goes on when there is room, in an encrypted file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-sync-'))
  await matcher.close()
  const file = await sqliteStore({ path: join(folder, 'people.db') })
  await open(await encryptedStore(file, { key: new Uint8Array(32).fill(7) }))
  await sync()
  const before = await here()
  for (let i = 0; i < 120; i++) await change(i, 1000 + i)
  const { write } = file
  for (const stops of [() => true, isSwap]) {
    file.write = (changes) => {
      if (stops(changes)) throw new VisavisError('store_quota', 'The disk is full; free some of it.')
      return write.call(file, changes)
    }
    await rejects(sync(), 'store_quota')
    expect(await here()).toEqual(before)
    expect(await whoIs(3)).toBe(personId(3))
  }
  file.write = write
  expect(await sync()).toMatchObject({ complete: true, resumed: 120, pictures: 0 })
  expect(await here()).toEqual(there())
  await matcher.close()
  await rm(folder, { recursive: true })
  await open(memoryStore())
})

describe('a service that is not to be relied on', () => {
  beforeEach(() => sync())

  it('whose list shifts while it is read loses nobody', async () => {
    let shifts = 2
    service.beforePage = (page) => {
      if (page !== 2 || shifts-- <= 0) return
      // Whoever stood first on the second page stands last on the first one now, and the number is the same.
      service.people.push({ ...(service.people[0] as (typeof service.people)[0]), _id: personId(900 + shifts) })
      service.people.shift()
    }
    const { complete, removed } = await sync()
    expect({ complete, removed }).toEqual({ complete: true, removed: [personId(0), personId(1)] })
    expect(await here()).toEqual(there())
  })

  it('whose list never stands still removes nobody, and says so', async () => {
    remove(10)
    let next = 1000
    service.beforePage = () => {
      service.people.push({ ...(service.people[0] as (typeof service.people)[0]), _id: personId(next++) })
    }
    const { complete, removed, added } = await sync()
    expect({ complete, removed }).toEqual({ complete: false, removed: [] })
    expect(added.length).toBeGreaterThan(0)
    expect(await whoIs(10)).toBe(personId(10))
  })

  it.each([
    ['more than there are', (people: number) => people + 5],
    ['fewer than there are', (people: number) => people - 5],
    ['nothing', () => undefined],
  ])('whose list says there are %s removes nobody, and keeps its age', async (_name, total) => {
    const before = await matcher.records.state(syncTimeKey(collectionId))
    remove(10)
    service.people.push(await servedPerson(600))
    service.total = total
    expect(await sync()).toMatchObject({ complete: false, removed: [] })
    expect(await whoIs(10)).toBe(personId(10))
    expect(await matcher.records.state(syncTimeKey(collectionId))).toBe(before)
  })

  it('that suddenly has nobody is believed only where each of them is gone', async () => {
    service.fault = ({ path }) =>
      path === '/persons' ? json({ data: [], pagination: { page: 1, limit: 100, total: 0, pages: 0 } }) : undefined
    expect(await sync()).toMatchObject({ complete: false, removed: [] })
    expect(await whoIs(10)).toBe(personId(10))
    service.people = []
    expect(await sync()).toMatchObject({ complete: true, removed: { length: 120 } })
    expect(await here()).toEqual([])
  })

  it('goes on where it was cut off, without reading a picture twice', async () => {
    for (let i = 0; i < 120; i++) await change(i, 1000 + i)
    service.fault = ({ path, query }) =>
      path === '/persons' && query.get('page') === '2' ? { kind: 'reset' } : undefined
    await rejects(sync(), 'network')
    expect(await whoIs(3)).toBe(personId(3))
    expect(await whoIs(1003)).toBeUndefined()
    service.fault = () => undefined
    await change(4, 2004)
    remove(8)
    expect(await sync()).toMatchObject({ complete: true, resumed: 98, pictures: 21, removed: [personId(8)] })
    expect(await here()).toEqual(there())
    expect(await Promise.all([3, 1003, 1004, 2004, 1008].map((one) => whoIs(one)))).toEqual([
      undefined,
      personId(3),
      undefined,
      personId(4),
      undefined,
    ])
  })

  it('forgets what was put by where the service went back to what is here', async () => {
    const before = await here()
    const people = service.people.map((person) => ({ ...person }))
    for (let i = 0; i < 110; i++) await change(i, 1000 + i)
    service.fault = ({ path, query }) =>
      path === '/persons' && query.get('page') === '2' ? { kind: 'reset' } : undefined
    await rejects(sync(), 'network')
    service.fault = () => undefined
    service.people = people
    expect(await sync()).toMatchObject({ unchanged: 120, added: [], changed: [] })
    expect(await here()).toEqual(before)
    expect(await matcher.records.states('sync/staged/')).toEqual([])
  })

  it('whose token expires midway is asked with a new one', async () => {
    await change(3, 1003)
    let accepted = 'old'
    service.fault = ({ path, query, headers }) => {
      if (path === '/persons' && query.get('page') === '2' && accepted === 'old') accepted = 'new'
      return headers.authorization === `Bearer ${accepted}`
        ? undefined
        : json({ message: 'token_expired', code: 'FORBIDDEN' }, 403)
    }
    const client = setup.connect({ token: ({ refused }) => (refused ? 'new' : 'old') })
    expect(await sync({ client })).toMatchObject({ complete: true, changed: [personId(3)] })
    await rejects(sync({ client: setup.connect({ token: () => 'never good' }) }), 'unauthorized')
    expect(await here()).toEqual(there())
  })

  it('that is overrun is asked again, and where it stays so nothing is lost', async () => {
    await change(3, 1003)
    let asked = 0
    const tooMany = json({ message: 'Too many requests', code: 'TooManyRequests' }, 429, { 'retry-after': '0' })
    service.fault = () => (asked++ % 2 === 0 ? tooMany : undefined)
    expect(await sync()).toMatchObject({ complete: true, changed: [personId(3)] })
    await change(3, 1004)
    service.fault = ({ path }) => (path === '/persons' ? tooMany : undefined)
    await rejects(sync(), 'rate_limited')
    expect(await whoIs(1003)).toBe(personId(3))
  })
})

it('comes to the same end whatever happens on the way', async () => {
  const people = await Promise.all(Array.from({ length: 260 }, (_, i) => servedPerson(i)))
  const walls = [{ id: 'wall', thumbnail: await pictureText() }]
  type Step = { kind: 'remove' | 'add' | 'swap' | 'wall'; number: number }
  const step = fc.record<Step>({
    kind: fc.constantFrom('remove', 'add', 'swap', 'wall'),
    number: fc.nat(people.length - 1),
  })
  const faults = { reset: { kind: 'reset' }, half: { kind: 'cut', body: { data: [] } }, busy: json({}, 503) } as const
  const round = fc.record({
    steps: fc.array(step, { maxLength: 12 }),
    /** Which requests go wrong, and how. */
    faults: fc.array(fc.tuple(fc.nat(12), fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[]))), {
      maxLength: 8,
    }),
    reverse: fc.boolean(),
  })
  const take = (one: Step): void => {
    const at = service.people.findIndex(({ _id }) => _id === personId(one.number))
    const person = people[one.number] as (typeof people)[0]
    const other = people[(one.number + 7) % people.length] as (typeof people)[0]
    if (at < 0) {
      if (one.kind === 'add') service.people.push({ ...person })
    } else if (one.kind === 'remove') service.people.splice(at, 1)
    else if (one.kind === 'swap') service.people[at] = { ...person, thumbnails: other.thumbnails }
    else if (one.kind === 'wall') service.people[at] = { ...person, thumbnails: walls }
  }
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
      await matcher.close()
      await open(memoryStore())
      service.people = people.slice(0, 240).map((person) => ({ ...person }))
      for (const { steps, faults: wrong, reverse } of rounds) {
        const middle = Math.floor(steps.length / 2)
        for (const one of steps.slice(0, middle)) take(one)
        if (reverse) service.people.reverse()
        service.beforePage = (page) => {
          if (page === 2) for (const one of steps.splice(middle)) take(one)
        }
        let asked = 0
        service.fault = () => {
          const number = asked++
          const found = wrong.find(([at]) => at === number)
          return found === undefined ? undefined : faults[found[1]]
        }
        const before = await stored()
        const client = setup.connect({ retry: { retries: 0, firstDelay: 1 } })
        const report = await sync({ client }).catch(() => undefined)
        const after = await stored()
        expect(report === undefined ? [before] : [after]).toContainEqual(after)
      }
      service.fault = () => undefined
      service.beforePage = () => {}
      const { complete } = await sync()
      expect(complete).toBe(true)
      const isUsable = (id: string): boolean => service.people.find(({ _id }) => _id === id)?.thumbnails !== walls
      expect(await here()).toEqual(there(staff._id, isUsable))
      expect(await matcher.records.ids()).toEqual(await matcher.records.ids(collectionId))
    }),
    { numRuns: 15 },
  )
})
