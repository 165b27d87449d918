import { createMatcher, type NewPerson, type Pixels } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import {
  createRecognizerPool,
  enrollAll,
  type EnrollProgress,
  type RecognizerPool,
  type WorkerLike,
} from '@visavis/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people, type PhotoNumber } from '../support/people.ts'
import { cut, type CropOptions, type Photo } from '../support/photo.ts'
import { rejects } from '../support/rejects.ts'

export interface RecognizerPoolContract {
  /** A worker that the test can end. */
  startWorker: () => WorkerLike
  loadPhoto: (number: PhotoNumber) => Promise<Photo>
}

const ask = { mode: 'ACCURATE', purpose: 'enroll' } as const

/** What a pool of recognizers keeps. Call it in a test file of the runtime. */
export function describeRecognizerPool(name: string, { startWorker, loadPhoto }: RecognizerPoolContract): void {
  describe(`${name} keeps the contract of a pool`, () => {
    const photos = new Map<PhotoNumber, Photo>()
    const workers: WorkerLike[] = []
    let pool: RecognizerPool

    beforeAll(async () => {
      for (const number of [3, 6] as const) photos.set(number, await loadPhoto(number))
      pool = await createRecognizerPool({
        size: 2,
        worker: () => {
          workers.push(startWorker())
          return workers.at(-1) as WorkerLike
        },
      })
    })
    afterAll(() => pool?.close())

    const crop = (person: string, changes: Partial<CropOptions> = {}): Pixels => {
      const { photo, ...place } = people[person] as (typeof people)[string]
      return { ...cut(photos.get(photo) as Photo, { ...place, ...changes }), channels: 4 }
    }
    const wall: Pixels = { width: 120, height: 120, channels: 3, data: new Uint8Array(120 * 120 * 3).fill(200) }

    it('answers as a recognizer in this thread does, and leaves the pictures alone', async () => {
      const lone = await createRecognizer()
      expect(pool.model).toEqual(lone.model)
      for (const person of ['Ada', 'Eva']) {
        const picture = crop(person)
        const { template, face } = await pool.recognize(picture, ask)
        expect({ template, face }).toEqual({
          template: (await lone.recognize(picture, ask)).template,
          face: (await lone.recognize(picture, ask)).face,
        })
        expect(await pool.detect(picture)).toEqual(await lone.detect(picture))
      }
      await lone.close()
    })

    it('has an answer for every picture, whichever worker it was, and errors as they are', async () => {
      const names = Object.keys(people)
      const expected = await Promise.all(names.map((person) => pool.recognize(crop(person), ask)))
      const again = await Promise.all(names.map((person) => pool.recognize(crop(person), ask)))
      expect(again.map(({ template }) => template)).toEqual(expected.map(({ template }) => template))
      await rejects(pool.recognize(wall, ask), 'no_face')
    })

    it('rejects with the reason where it is aborted, in work or waiting, and goes on', async () => {
      const reason = new Error('enough')
      const controller = new AbortController()
      const { signal } = controller
      const calls = Array.from({ length: 5 }, () => pool.recognize(crop('Ada'), { ...ask, signal }))
      const last = pool.recognize(crop('Ada'), ask)
      controller.abort(reason)
      for (const call of calls) await expect(call).rejects.toBe(reason)
      expect((await last).template).toHaveLength(pool.model.dimensions)
    })

    it('replaces workers that die, and gives their pictures to others', async () => {
      const before = workers.length
      const calls = Array.from({ length: 6 }, () => pool.recognize(crop('Bea'), ask))
      for (const worker of workers.slice(-2)) worker.terminate()
      for (const call of calls) expect((await call).template).toHaveLength(pool.model.dimensions)
      expect(workers.length).toBeGreaterThan(before)
    })

    it('enrolls many people at once, in order, and says how far it is', async () => {
      const size = 2
      const matcher = await createMatcher({ recognizer: await createRecognizerPool({ size }) })
      const newPeople: NewPerson[] = Object.keys(people).map((id) => ({ id, name: id, images: [crop(id)] }))
      newPeople.splice(2, 0, { id: 'Wall', name: 'Wall', images: [wall] })
      const progress: EnrollProgress[] = []
      const outcomes: string[] = []
      for await (const { index, person, error } of enrollAll(matcher, newPeople, {
        atOnce: size,
        onProgress: (made) => progress.push(made),
      })) {
        expect(index).toBe(outcomes.length)
        outcomes.push(person?.id ?? (error as { code: string }).code)
      }
      expect(outcomes).toEqual(['Ada', 'Bea', 'no_face', 'Cleo', 'Dora', 'Eva', 'Fay', 'Gina'])
      expect(progress.map(({ done }) => done)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      expect(progress.at(-1)).toEqual({ done: 8, refused: 1 })
      const { candidates } = await matcher.search(crop('Dora'), { minScore: 0.9, mode: 'FAST' })
      expect(candidates.map(({ id }) => id)).toEqual(['Dora'])
      await matcher.close()
    })

    it('refuses what waits when it is closed, and what comes after that', async () => {
      const other = await createRecognizerPool({ size: 1 })
      const calls = Array.from({ length: 4 }, () => other.recognize(crop('Ada'), ask))
      const settled = Promise.allSettled(calls)
      await other.close()
      expect((await settled).slice(1).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
      await rejects(calls[3] as Promise<unknown>, 'worker_closed')
      await rejects(other.recognize(crop('Ada'), ask), 'worker_closed')
      await other.close()
    })

    it('has a size that makes sense, and closes what it started where one part fails', async () => {
      for (const size of [0, 1.5, 65, Number.NaN]) await rejects(createRecognizerPool({ size }), 'invalid_option')
      const missing = new URL('nowhere/worker.js', import.meta.url)
      await rejects(createRecognizerPool({ size: 2, worker: missing }), 'worker_load_failed')
      const reason = new Error('enough')
      await expect(createRecognizerPool({ size: 2, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })
  })
}
