import { isVisavisError, VisavisError, type FaceMatcher, type ImageLike, type NewPerson } from '@visavis/core'
import type { StoreDescription, WorkerLike, WorkerMatcherOptions } from '@visavis/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, type PhotoNumber } from '../support/people.ts'
import { cut, type CropOptions, type Photo } from '../support/photo.ts'
import { rejects } from '../support/rejects.ts'

export interface WorkerMatcherContract {
  create: (options: WorkerMatcherOptions) => Promise<FaceMatcher>
  /** A worker that the test can end. */
  startWorker: () => WorkerLike
  /** A place of its own that outlives a worker. */
  durableStore: () => StoreDescription
  /** The same place, where a second matcher is refused. */
  exclusively: (store: StoreDescription) => StoreDescription
  loadPhoto: (number: PhotoNumber) => Promise<Photo>
}

const search = { minScore: 0.7, mode: 'FAST' } as const

function wall(): ImageLike {
  return { width: 120, height: 120, data: new Uint8Array(120 * 120 * 3).fill(200) }
}

/** What became of calls, in words. */
async function outcomes(calls: Promise<unknown>[]): Promise<string[]> {
  return (await Promise.allSettled(calls)).map((call) =>
    call.status === 'fulfilled' ? 'answered' : (call.reason as VisavisError).code,
  )
}

/** What a matcher in a worker keeps beyond the contract of FaceMatcher. Call it in a test file of the runtime. */
export function describeWorkerMatcher(
  name: string,
  { create, startWorker, durableStore, exclusively, loadPhoto }: WorkerMatcherContract,
): void {
  describe(`${name} keeps what is asked of a worker`, () => {
    const photos = new Map<PhotoNumber, Photo>()
    beforeAll(async () => {
      for (const number of [3, 6] as const) photos.set(number, await loadPhoto(number))
    })

    const crop = (person: string, changes: Partial<CropOptions> = {}): ImageLike => {
      const { photo, ...place } = people[person] as (typeof people)[string]
      return cut(photos.get(photo) as Photo, { ...place, ...changes })
    }
    const person = (id: string, more: Partial<NewPerson> = {}): NewPerson => ({
      id,
      name: id,
      images: [crop(id)],
      ...more,
    })

    describe('what crosses', () => {
      let matcher: FaceMatcher
      beforeAll(async () => {
        matcher = await create({})
        await matcher.persons.create(person('Ada'))
      })
      afterAll(() => matcher?.close())

      it('moves pictures into the worker, and says so where an emptied one is passed again', async () => {
        const picture = crop('Ada')
        const call = matcher.search(picture, search)
        expect(picture.data).toHaveLength(0)
        expect((await call).candidates.map(({ id }) => id)).toEqual(['Ada'])
        const again = matcher.search(picture, search)
        await rejects(again, 'invalid_image')
        await expect(again).rejects.toThrow('keepInputs')
      })

      it('sends only the part of a buffer that is the picture, and leaves that buffer alone', async () => {
        const { width, height, data } = crop('Ada')
        const pool = new Uint8Array(data.length + 1000)
        pool.set(data, 500)
        const picture = { width, height, data: pool.subarray(500, 500 + data.length) }
        expect((await matcher.search(picture, search)).candidates[0]?.id).toBe('Ada')
        expect(pool).toHaveLength(data.length + 1000)
      })

      it('takes one picture twice in a call', async () => {
        const picture = crop('Ada')
        expect((await matcher.search([picture, picture], search)).candidates[0]?.id).toBe('Ada')
        const same = crop('Ada')
        expect((await matcher.compare(same, same, search)).passed).toBe(true)
      })

      it('answers with bytes on buffers of their own', async () => {
        const [candidate] = (await matcher.search(crop('Ada'), search)).candidates
        const [face] = await matcher.detect(crop('Ada'))
        for (const image of [candidate?.thumbnails[0]?.image, face?.thumbnail]) {
          expect(image?.byteLength).toBeGreaterThan(0)
          expect(image?.buffer.byteLength).toBe(image?.byteLength)
        }
      })

      it('keeps class, family, code, picture, cause and reasons of errors', async () => {
        const error = await matcher.persons.create(person('Fay', { images: [crop('Fay'), wall()] })).catch(String)
        expect(error).toMatch(/^InputError: Picture 2 of 2: /)
        const call = matcher.persons.create(person('Fay', { images: [crop('Fay'), wall()] }))
        await expect(call).rejects.toBeInstanceOf(VisavisError)
        await expect(call).rejects.toMatchObject({ name: 'InputError', code: 'no_face', picture: 2 })
        const { cause } = (await call.catch((reason: unknown) => reason)) as Error
        expect(isVisavisError(cause, 'no_face')).toBe(true)
        const dark = matcher.persons.create(person('Fay', { images: [crop('Fay', { gain: 0.04 })] }))
        await expect(dark).rejects.toMatchObject({ code: 'low_quality', reasons: expect.arrayContaining(['too_dark']) })
      })

      it('refuses what no message can hold, and what is no picture', async () => {
        const odd = { ...search, maxResults: (() => 3) as never }
        await rejects(matcher.search(crop('Ada'), odd), 'invalid_option')
        for (const image of [undefined, null, 7, 'face.jpg', {}, () => undefined, new Uint8Array(0), new Map()]) {
          await rejects(matcher.search(image as never, search), 'invalid_image')
        }
        for (const data of [[1, 2, 3], new Float32Array(300), 'pixels', undefined]) {
          await rejects(matcher.search({ width: 10, height: 10, data } as never, search), 'invalid_image')
        }
        await rejects(matcher.persons.create(undefined as never), 'invalid_option')
        await rejects(matcher.persons.create({ name: 'Nobody' } as never), 'invalid_image')
      })
    })

    it('leaves pictures as they are with keepInputs', async () => {
      const matcher = await create({ keepInputs: true })
      const picture = crop('Ada')
      const before = picture.data.slice()
      await matcher.persons.create(person('Ada', { images: [picture] }))
      expect((await matcher.search(picture, search)).candidates[0]?.id).toBe('Ada')
      const pending = matcher.search(picture, search)
      // The picture of a call is the one of its moment.
      picture.data.fill(0)
      expect((await pending).candidates[0]?.id).toBe('Ada')
      expect(picture.data).toHaveLength(before.length)
      await matcher.close()
    })

    describe('aborting', () => {
      let matcher: FaceMatcher
      beforeAll(async () => {
        matcher = await create({})
        await matcher.persons.create(person('Ada'))
      })
      afterAll(() => matcher?.close())

      it('rejects with the reason, in work or waiting, and goes on with the others', async () => {
        const reason = new Error('enough')
        const controllers = [new AbortController(), new AbortController()]
        const calls = controllers.map(({ signal }) => matcher.search(crop('Ada'), { ...search, signal }))
        const last = matcher.search(crop('Ada'), search)
        for (const controller of controllers) controller.abort(reason)
        for (const call of calls) await expect(call).rejects.toBe(reason)
        expect((await last).candidates[0]?.id).toBe('Ada')
      })

      it('enrolls somebody or rejects, and never both', async () => {
        const reason = new Error('enough')
        for (const delay of [0, 20, 60, 120, 200, 300]) {
          const controller = new AbortController()
          const { signal } = controller
          const call = matcher.persons.create(person('Bea', { images: [crop('Bea'), crop('Bea')] }), { signal })
          setTimeout(() => controller.abort(reason), delay)
          const outcome = await call.catch((error: unknown) => error)
          const enrolled = await matcher.persons.get('Bea')
          expect(enrolled).toEqual(outcome === reason ? null : outcome)
          if (enrolled !== null) await matcher.persons.delete('Bea')
        }
      })
    })

    describe('a worker that dies', () => {
      it('rejects every open call, and those that follow, and can be closed', async () => {
        let worker: WorkerLike | undefined
        const matcher = await create({
          worker: () => {
            worker = startWorker()
            return worker
          },
        })
        const calls = [
          matcher.search(crop('Ada'), search),
          matcher.search(crop('Ada'), search),
          matcher.persons.create(person('Bea')),
          matcher.persons.list(),
        ]
        worker?.terminate()
        for (const call of calls) await rejects(call, 'worker_crashed')
        await rejects(matcher.search(crop('Ada'), search), 'worker_crashed')
        await matcher.close()
        await rejects(matcher.persons.list(), 'matcher_closed')
      })

      it('is followed by another, with everybody who was enrolled and nobody half', async () => {
        const workers: WorkerLike[] = []
        const matcher = await create({
          store: durableStore(),
          restart: true,
          worker: () => {
            workers.push(startWorker())
            return workers.at(-1) as WorkerLike
          },
        })
        await matcher.persons.create(person('Ada'))
        for (const delay of [0, 30, 90, 150, 250, 400]) {
          const images = [crop('Bea'), crop('Bea', { size: 380 }), crop('Bea', { gain: 0.9 })]
          const call = matcher.persons.create(person('Bea', { images }))
          const waiting = matcher.search(crop('Ada'), search)
          const ended = new Promise<void>((resolve) => {
            setTimeout(() => {
              workers.at(-1)?.terminate()
              resolve()
            }, delay)
          })
          const [enrolling, searching] = await outcomes([call, waiting])
          expect(['answered', 'worker_crashed']).toContain(enrolling)
          expect(['answered', 'worker_crashed']).toContain(searching)
          await ended
          // A call may still go to the one that died, until its death is heard of.
          const find = (): Promise<unknown> =>
            matcher.search(crop('Ada'), search).then(({ candidates }) => candidates[0]?.id, String)
          await expect.poll(find, { timeout: 30_000 }).toBe('Ada')
          const bea = await matcher.persons.get('Bea')
          // Whoever was answered is there; who was not is there as a whole or not at all.
          expect(enrolling === 'answered' ? [3] : [undefined, 3]).toContain(bea?.thumbnails.length)
          if (bea !== null) await matcher.persons.delete('Bea')
        }
        await matcher.close()
      })

      it('is followed by another only for a call, where it had answered none', async () => {
        const workers: WorkerLike[] = []
        const matcher = await create({
          store: durableStore(),
          restart: true,
          worker: () => {
            workers.push(startWorker())
            return workers.at(-1) as WorkerLike
          },
        })
        workers[0]?.terminate()
        // Asked of the dead one as long as nobody has heard of its death.
        const list = (): Promise<unknown> => matcher.persons.list().then(({ total }) => total, String)
        await expect.poll(list, { timeout: 30_000 }).toBe(0)
        expect(workers.length).toBeLessThanOrEqual(3)
        await matcher.close()
      })

      it('is not followed by another where that would lose people or cannot be', async () => {
        await rejects(create({ restart: true }), 'invalid_option')
        const worker = startWorker()
        await rejects(create({ restart: true, store: durableStore(), worker }), 'invalid_option')
        worker.terminate()
      })

      it('opens its store again for the next matcher', async () => {
        const store = durableStore()
        const first = await create({ store })
        await rejects(create({ store: exclusively(store) }), 'store_locked')
        await first.persons.create(person('Ada'))
        await first.close()
        const second = await create({ store })
        expect((await second.search(crop('Ada'), search)).candidates[0]?.id).toBe('Ada')
        await second.close()
      })
    })

    describe('calls that come faster than they are answered', () => {
      it('are refused beyond the limit, with their pictures untouched', async () => {
        const matcher = await create({ queue: { limit: 1 } })
        const late = crop('Ada')
        const calls = [matcher.search(crop('Ada'), search), matcher.search(crop('Ada'), search)]
        const refused = matcher.search(late, search)
        await rejects(refused, 'worker_busy')
        expect(late.data.length).toBeGreaterThan(0)
        expect(await outcomes(calls)).toEqual(['answered', 'answered'])
        expect((await matcher.search(late, search)).candidates).toEqual([])
        await matcher.close()
      })

      it('push out the oldest where that is asked for, but never an enrollment', async () => {
        const matcher = await create({ queue: { policy: 'drop_oldest', limit: 1 } })
        const calls = [
          matcher.search(crop('Ada'), search),
          matcher.search(crop('Ada'), search),
          matcher.persons.create(person('Ada')),
          matcher.verify('Ada', crop('Ada'), search),
          matcher.search(crop('Ada'), search),
        ]
        expect(await outcomes(calls)).toEqual(['answered', 'worker_busy', 'answered', 'worker_busy', 'answered'])
        await matcher.close()
      })

      it('all wait where that is asked for', async () => {
        const matcher = await create({ queue: { policy: 'wait', limit: 0 } })
        const calls = Array.from({ length: 8 }, () => matcher.search(wall(), search))
        expect(await outcomes(calls)).toEqual(calls.map(() => 'no_face'))
        await matcher.close()
      })

      it('have a limit that makes sense', async () => {
        for (const queue of [{ limit: -1 }, { limit: 1.5 }, { limit: Infinity }, { policy: 'some' as never }]) {
          await rejects(create({ queue }), 'invalid_option')
        }
      })
    })

    describe('closing', () => {
      it('lets what is in work end, refuses what waits, and leaves nothing open', async () => {
        const matcher = await create({})
        const calls = [
          matcher.persons.create(person('Ada')),
          matcher.search(crop('Ada'), search),
          matcher.search(crop('Ada'), search),
          matcher.persons.list(),
        ]
        const closing = matcher.close()
        expect(matcher.close()).toBe(closing)
        const codes = await outcomes(calls)
        for (const code of codes) expect(['answered', 'matcher_closed']).toContain(code)
        expect(codes.slice(1, 3)).toEqual(['matcher_closed', 'matcher_closed'])
        await closing
      })

      it('happens at the end of a block', async () => {
        let outside: FaceMatcher
        {
          await using matcher = await create({})
          outside = matcher
        }
        await rejects(outside.persons.list(), 'matcher_closed')
      })
    })

    describe('starting', () => {
      it('names the worker file that is not there', async () => {
        const missing = new URL('nowhere/worker.js', import.meta.url)
        const call = create({ worker: missing })
        await rejects(call, 'worker_load_failed')
        await expect(call).rejects.toThrow(missing.href)
      })

      it('names the model file that is not there', async () => {
        const call = create({ assets: { 'face-mesh.bin': new URL('nowhere/face-mesh.bin', import.meta.url) } })
        await expect(call).rejects.toMatchObject({
          code: expect.stringMatching(/^model_(load_failed|corrupt)$/),
          message: expect.stringContaining('face-mesh.bin'),
        })
      })

      it('takes model files as bytes, and refuses others', async () => {
        await rejects(create({ assets: { 'dlib-resnet.bin': new Uint8Array(1000).subarray(10) } }), 'model_corrupt')
      })

      it('names the stores that there are', async () => {
        await rejects(create({ store: { kind: 'paper' } as never }), 'invalid_option')
        await rejects(create({ store: undefined as never, queue: null as never }), 'invalid_option')
      })

      it('stops where it is aborted', async () => {
        const reason = new Error('enough')
        await expect(create({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
        for (const delay of [0, 50, 150]) {
          const controller = new AbortController()
          const call = create({ signal: controller.signal })
          setTimeout(() => controller.abort(reason), delay)
          const outcome = await call.catch((error: unknown) => error)
          if (outcome !== reason) await (outcome as FaceMatcher).close()
        }
      })
    })
  })
}
