import {
  exportCollection,
  importCollection,
  type FaceRecord,
  type GalleryRecords,
  type ImageLike,
  type LocalMatcher,
  type PersonRecord,
} from '@visavis/core'
import { toPixels, toShrunkJpeg } from '@visavis/core/kit'
import { syncCollection, type SyncReport, type VerifikClient } from '@visavis/remote'
import type { StoreDescription, WorkerLike, WorkerMatcherOptions } from '@visavis/worker'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PeopleService, personId, staff, type ServedPerson } from '../support/people-service.ts'
import { people, type PhotoNumber } from '../support/people.ts'
import { cut, type Photo } from '../support/photo.ts'
import { rejects } from '../support/rejects.ts'

export interface WorkerRecordsContract {
  create: (options: WorkerMatcherOptions) => Promise<LocalMatcher>
  /** A worker that the test can end. */
  startWorker: () => WorkerLike
  /** A place of its own that outlives a worker. */
  durableStore: () => Exclude<StoreDescription, { kind: 'memory' }>
  loadPhoto: (number: PhotoNumber) => Promise<Photo>
  connect: (service: PeopleService) => VerifikClient
}

const collectionId = staff.code
const search = { minScore: 0.7, mode: 'FAST' } as const
const names = Object.keys(people)

function idOf(name: string): string {
  return personId(names.indexOf(name))
}

/** What a matcher in a worker does with whole collections. Call it in a test file of the runtime. */
export function describeWorkerRecords(
  name: string,
  { create, startWorker, durableStore, loadPhoto, connect }: WorkerRecordsContract,
): void {
  describe(`${name} moves whole collections`, () => {
    const photos = new Map<PhotoNumber, Photo>()
    const thumbnails = new Map<string, Uint8Array>()
    const opened: LocalMatcher[] = []
    let workers: WorkerLike[] = []

    beforeAll(async () => {
      for (const number of [3, 6] as const) photos.set(number, await loadPhoto(number))
      for (const one of names) thumbnails.set(one, (await toShrunkJpeg(await toPixels(crop(one)), 120)).bytes)
    })
    afterEach(async () => {
      for (const matcher of opened.splice(0)) await matcher.close()
      workers = []
    })

    const crop = (person: string): ImageLike => {
      const { photo, ...place } = people[person] as (typeof people)[string]
      return cut(photos.get(photo) as Photo, place)
    }
    const worker = (): WorkerLike => {
      workers.push(startWorker())
      return workers.at(-1) as WorkerLike
    }
    const open = async (options: WorkerMatcherOptions = {}): Promise<LocalMatcher> => {
      const matcher = await create({ worker, ...options })
      opened.push(matcher)
      return matcher
    }
    const kill = (): unknown => workers.at(-1)?.terminate()
    const find = async (matcher: LocalMatcher, person: string): Promise<string | undefined> =>
      (await matcher.search(crop(person), search)).candidates[0]?.id
    /** Also while nobody has heard yet that the worker before has died. */
    const findAtLast = (matcher: LocalMatcher, person: string, id: string | undefined): Promise<unknown> =>
      expect.poll(() => find(matcher, person).catch(String), { timeout: 30_000 }).toBe(id)
    const served = (): PeopleService =>
      new PeopleService(
        names.map((one): ServedPerson => {
          const thumbnail = btoa(String.fromCharCode(...(thumbnails.get(one) as Uint8Array)))
          const collections = [staff._id]
          return {
            _id: idOf(one),
            name: one,
            updatedAt: '2026-03-01T08:00:00.000Z',
            collections,
            thumbnails: [{ id: `face-${one}`, thumbnail }],
          }
        }),
      )
    /** A person of a model that no worker has. */
    const outdated = (person: string): PersonRecord => ({
      id: idOf(person),
      name: person,
      gender: null,
      dateOfBirth: null,
      nationality: null,
      notes: null,
      collectionIds: [],
      faces: [
        {
          id: `face-${person}`,
          thumbnail: thumbnails.get(person) as Uint8Array,
          modelId: 'another',
          template: new Float32Array(64).fill(1 / 8),
        },
      ],
      createdAt: '2026-03-01T08:00:00.000Z',
      modifiedAt: '2026-03-01T08:00:00.000Z',
    })
    const putOutdated = (matcher: LocalMatcher): Promise<boolean> =>
      matcher.records.apply(names.map((one) => ({ kind: 'put_person', person: outdated(one) })))
    describe('by a sync', () => {
      it('answers from it, also when its worker was followed by another, and the matcher by another', async () => {
        const store = durableStore()
        const matcher = await open({ store, restart: true })
        const client = connect(served())
        const report = await syncCollection({ client, matcher, collectionId })
        expect(report).toMatchObject({ complete: true, people: 7, added: { length: 7 }, pictures: 7, problems: [] })
        for (const one of names) expect(await find(matcher, one)).toBe(idOf(one))
        kill()
        await findAtLast(matcher, 'Ada', idOf('Ada'))
        const { candidates, collectionAge } = await matcher.search(crop('Eva'), { ...search, collectionId })
        expect(candidates[0]?.name).toBe('Eva')
        expect(collectionAge).toBeGreaterThanOrEqual(0)
        expect(await syncCollection({ client, matcher, collectionId })).toMatchObject({ unchanged: 7, pictures: 0 })
        await matcher.close()
        expect(await find(await open({ store }), 'Gina')).toBe(idOf('Gina'))
      })

      it('that its worker did not survive goes on where it was', async () => {
        const matcher = await open({ store: durableStore(), restart: true })
        const client = connect(served())
        const stop = new AbortController()
        const stopped = tapped(matcher.records, async (picture, read) => {
          if (picture !== 5) return
          await Promise.all(read)
          stop.abort(new Error('enough'))
        })
        const first = syncCollection({ client, matcher: stopped, collectionId, signal: stop.signal })
        await expect(first).rejects.toThrow('enough')
        const dying = tapped(matcher.records, (picture) => picture === 1 && kill())
        await rejects(syncCollection({ client, matcher: dying, collectionId }), 'worker_crashed')
        await findAtLast(matcher, 'Ada', undefined)
        const { complete, added, resumed, pictures } = await syncCollection({ client, matcher, collectionId })
        expect({ complete, added: added.length, seen: resumed + pictures }).toEqual({
          complete: true,
          added: 7,
          seen: 7,
        })
        expect(resumed).toBeGreaterThanOrEqual(4)
        expect(await find(matcher, 'Gina')).toBe(idOf('Gina'))
      })

      it('that was stopped has changed nothing for searches', async () => {
        const matcher = await open({})
        const client = connect(served())
        const reason = new Error('enough')
        const stop = new AbortController()
        const stopped = tapped(matcher.records, (picture) => {
          if (picture === 3) stop.abort(reason)
        })
        const sync = (options: { signal?: AbortSignal }): Promise<SyncReport> =>
          syncCollection({ client, matcher: stopped, collectionId, ...options })
        await expect(sync({ signal: stop.signal })).rejects.toBe(reason)
        expect(await matcher.records.ids()).toEqual([])
        expect(await find(matcher, 'Ada')).toBeUndefined()
        expect(await sync({})).toMatchObject({ complete: true, people: 7 })
        expect(await find(matcher, 'Ada')).toBe(idOf('Ada'))
      })
    })

    describe('by a file', () => {
      it('takes them from one worker to another', async () => {
        const passphrase = 'a horse on a battery'
        const from = await open()
        await from.collections.create({ id: 'day', name: 'Day shift' })
        for (const id of ['Ada', 'Eva']) {
          await from.persons.create({ id, name: id, images: [crop(id)], collections: ['day'] })
        }
        const file = await written(from, passphrase)
        const to = await open({ store: durableStore(), restart: true })
        await rejects(importCollection(to, chunksOf(file), { passphrase: 'another' }), 'store_key')
        // No call of the import is open when the worker dies, and the next one is there before the import goes on.
        const dying = chunksOf(file, async (chunk) => {
          if (chunk !== file.length - 3) return
          kill()
          await findAtLast(to, 'Ada', undefined)
        })
        await rejects(importCollection(to, dying, { passphrase }), 'worker_crashed')
        expect(await to.records.ids()).toEqual([])
        expect(await importCollection(to, chunksOf(file), { passphrase })).toMatchObject({ people: 2, replaced: 0 })
        expect(await to.records.persons(['Ada', 'Eva'])).toEqual(await from.records.persons(['Ada', 'Eva']))
        expect(await find(to, 'Eva')).toBe('Eva')
      })
    })

    describe('of another model', () => {
      it('brings everybody over, says how far it is, and lets searches go before', async () => {
        const matcher = await open({ queue: { limit: 0 } })
        await matcher.collections.create({ id: 'new', name: 'New' })
        await putOutdated(matcher)
        expect(await matcher.outdatedPeople()).toBe(7)
        await rejects(matcher.search(crop('Ada'), search), 'model_mismatch')
        const told: number[] = []
        const reembedding = matcher.reembed({ onProgress: ({ people: done, total }) => told.push(done / total) })
        expect((await matcher.search(crop('Ada'), { ...search, collectionId: 'new' })).candidates).toEqual([])
        // At most the picture that was in work, and one that began before the search was heard of.
        expect(told.length).toBeLessThan(4)
        expect(await reembedding).toEqual({ people: 7, failed: [] })
        expect(told).toEqual([1, 2, 3, 4, 5, 6, 7].map((done) => done / 7))
        expect(await matcher.outdatedPeople()).toBe(0)
        expect(await find(matcher, 'Ada')).toBe(idOf('Ada'))
        await matcher.settled()
        expect(await matcher.verifyRecall({ probes: 3 })).toMatchObject({ recall1: 1 })
        await rejects(matcher.verifyRecall({ probes: 0 }), 'invalid_option')
      })

      it('stops where it is told to, or where its listener throws, and keeps what was done', async () => {
        const matcher = await open()
        await putOutdated(matcher)
        const reason = new Error('enough')
        const stop = new AbortController()
        const stopped = matcher.reembed({ signal: stop.signal, onProgress: () => stop.abort(reason) })
        await expect(stopped).rejects.toBe(reason)
        const left = await matcher.outdatedPeople()
        expect(left).toBeLessThan(7)
        const broken = matcher.reembed({
          onProgress: () => {
            throw reason
          },
        })
        await expect(broken).rejects.toBe(reason)
        expect(await matcher.outdatedPeople()).toBeLessThan(left)
        await expect(matcher.reembed({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
      })

      it('leaves nothing open when it is closed meanwhile', async () => {
        const matcher = await open()
        await putOutdated(matcher)
        const { records } = matcher
        const faces = outdated('Ada').faces
        const calls = [matcher.reembed(), records.renewed(faces), records.renewed(faces), records.ids()]
        const ended = Promise.allSettled(calls)
        await matcher.close()
        const failed = (await ended).flatMap((call) => (call.status === 'rejected' ? [call.reason as unknown] : []))
        expect(failed.length).toBeGreaterThan(0)
        for (const reason of failed) expect(reason).toMatchObject({ code: 'matcher_closed' })
        await rejects(records.ids(), 'matcher_closed')
        await rejects(records.faces([crop('Ada')]), 'matcher_closed')
        await rejects(matcher.outdatedPeople(), 'matcher_closed')
      })
    })

    describe('by its records', () => {
      it('takes and gives what those of a matcher in this thread do, and leaves what is passed', async () => {
        const matcher = await open()
        const { records } = matcher
        expect(matcher.records).toBe(records)
        expect(records.model).toMatchObject({ id: expect.any(String), dimensions: 128 })
        const picture = crop('Ada')
        const [face] = (await records.faces([picture])) as [FaceRecord]
        expect(picture.data.length).toBeGreaterThan(0)
        expect(face).toMatchObject({ modelId: records.model.id, template: { length: 128 } })
        // A part of a larger buffer, as a file that was read has it.
        const file = new Uint8Array(10_000)
        file.set(face.thumbnail, 100)
        const thumbnail = file.subarray(100, 100 + face.thumbnail.length)
        const person = { ...outdated('Ada'), faces: [{ ...face, thumbnail }] }
        const before = await records.revision()
        expect(await records.apply([{ kind: 'put_person', person }], before)).toBe(true)
        expect(await records.apply([{ kind: 'delete_person', id: person.id }], before)).toBe(false)
        expect(thumbnail.length).toBe(face.thumbnail.length)
        expect(await records.persons([person.id, 'nobody'])).toEqual([person])
        expect(await records.ids()).toEqual([person.id])
        expect(await find(matcher, 'Ada')).toBe(person.id)
        const { faces, code } = await records.renewed(outdated('Eva').faces)
        expect([faces[0]?.modelId, faces[0]?.template.length, code]).toEqual([records.model.id, 128, undefined])
        await records.apply([{ kind: 'put_state', key: 'a/b', value: 'text' }])
        expect([await records.state('a/b'), await records.states('a/')]).toEqual(['text', [['a/b', 'text']]])
        expect(await records.collections()).toEqual([])
      })

      it('keeps the codes of errors', async () => {
        const matcher = await open({ index: { maximumBytes: 2 ** 20, sketchFrom: 1000 } })
        const { records } = matcher
        const wall = { width: 120, height: 120, data: new Uint8Array(120 * 120 * 3).fill(200) }
        await rejects(records.ids('nowhere'), 'collection_not_found')
        await rejects(records.faces([wall]), 'no_face')
        await rejects(records.faces([]), 'invalid_option')
        await rejects(records.apply([{ kind: 'put_person', person: (() => 1) as never }]), 'invalid_option')
        const short = { ...outdated('Ada').faces[0]!, modelId: records.model.id }
        const person = { ...outdated('Ada'), faces: [short] }
        await rejects(records.apply([{ kind: 'put_person', person }]), 'dimension_mismatch')
        const many = Array.from({ length: 4000 }, (_, i) => ({
          ...person,
          id: `p${i}`,
          faces: [{ ...short, thumbnail: new Uint8Array(1), template: new Float32Array(128).fill(Math.sqrt(1 / 128)) }],
        }))
        const crowd = many.map((one) => ({ kind: 'put_person', person: one }) as const)
        await rejects(records.apply(crowd), 'gallery_full')
        const { faces, code } = await records.renewed([{ ...short, modelId: 'another', thumbnail: new Uint8Array(9) }])
        expect([faces[0]?.template.length, code]).toEqual([0, 'invalid_image'])
        await rejects(create({ index: null as never }), 'invalid_option')
      })

      it('gives no revision that a worker before has given', async () => {
        const matcher = await open({ store: durableStore(), restart: true })
        const { records } = matcher
        const before = await records.revision()
        kill()
        await findAtLast(matcher, 'Ada', undefined)
        expect(await records.revision()).not.toBe(before)
        const [face] = await records.faces([crop('Ada')])
        const person = { ...outdated('Ada'), faces: [face as FaceRecord] }
        expect(await records.apply([{ kind: 'put_person', person }], before)).toBe(false)
        expect(await records.ids()).toEqual([])
        expect(await records.apply([{ kind: 'put_person', person }], await records.revision())).toBe(true)
        expect(records.model.id).toBe(face?.modelId)
      })
    })

    describe('in an encrypted store', () => {
      it('opens it with its secret, also after a restart, and says where it is another', async () => {
        const store = durableStore()
        const key = crypto.getRandomValues(new Uint8Array(32))
        const told: { people: number; total: number }[] = []
        const secret = { key: key.slice() }
        const options = { store: { ...store, secret }, restart: true }
        const first = await open({ ...options, onProgress: (progress) => told.push(progress) })
        // Who passed a key may overwrite it.
        secret.key.fill(0)
        await first.persons.create({ id: 'Ada', name: 'Ada', images: [crop('Ada')] })
        kill()
        await findAtLast(first, 'Ada', 'Ada')
        expect(told).toEqual([
          { people: 0, total: 0 },
          { people: 1, total: 1 },
        ])
        await first.close()
        await rejects(create({ store: { ...store, secret: { key: new Uint8Array(32) } } }), 'store_key')
        await rejects(create({ store }), 'store_key')
        await rejects(create({ store: { ...store, secret: undefined as never } }), 'invalid_option')
        const kept = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
        expect(await find(await open({ store: { ...store, secret: { key: kept } } }), 'Ada')).toBe('Ada')
      })

      it('takes a passphrase, and ends where its listener throws', async () => {
        const store = { ...durableStore(), secret: { passphrase: 'a horse on a battery' } }
        const reason = new Error('enough')
        const broken = create({
          store,
          onProgress: () => {
            throw reason
          },
        })
        await expect(broken).rejects.toBe(reason)
        const matcher = await open({ store })
        await matcher.persons.create({ id: 'Ada', name: 'Ada', images: [crop('Ada')] })
        expect((await matcher.persons.list()).persons[0]?.name).toBe('Ada')
      })
    })
  })
}

/** The records, and what happens when a picture is about to be read, counted from 1. */
function tapped(
  records: GalleryRecords,
  onPicture: (picture: number, before: Promise<unknown>[]) => unknown,
): Pick<LocalMatcher, 'records'> {
  const read: Promise<unknown>[] = []
  const renewed: GalleryRecords['renewed'] = async (faces, signal) => {
    const before = [...read]
    const reading = (async () => {
      await onPicture(before.length + 1, before)
      return records.renewed(faces, signal)
    })()
    read.push(reading)
    return reading
  }
  return { records: { ...records, renewed } }
}

async function written(from: LocalMatcher, passphrase: string): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of exportCollection(from, { passphrase })) chunks.push(chunk)
  return chunks
}

async function* chunksOf(
  chunks: readonly Uint8Array[],
  before: (chunk: number) => unknown = () => {},
): AsyncGenerator<Uint8Array> {
  for (const [i, chunk] of chunks.entries()) {
    await before(i)
    yield chunk
  }
}
