import { createMatcher, type LocalMatcher } from '@visavis/core'
import {
  createRecognizerPool,
  createWorkerMatcher,
  type RecognizerPool,
  type WorkerLike,
  type WorkerMatcherOptions,
} from '@visavis/worker'
import { afterEach, describe, expect, it } from 'vitest'
import { pictureOf } from '../support/color-recognizer.ts'
import { rejects } from '../support/rejects.ts'

export interface OwnWorkerContract {
  /** Starts `test/support/own-worker.ts`. */
  startOwnWorker: () => WorkerLike
  /** Starts the file that comes with the package. */
  startWorker: () => WorkerLike
}

const search = { minScore: 0.9, mode: 'FAST' } as const

async function enroll(matcher: LocalMatcher, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await matcher.persons.create({ id: `p${i}`, name: `Person ${i}`, images: [pictureOf(i * 50)] })
  }
}

async function found(matcher: LocalMatcher, number: number): Promise<string[]> {
  return (await matcher.search(pictureOf(number * 50), search)).candidates.map(({ id }) => id)
}

async function disposable(pool: Promise<RecognizerPool>): Promise<RecognizerPool & AsyncDisposable> {
  const opened = await pool
  return Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() })
}

/** What a worker's file of an app's own can do. Call it in a test file of the runtime. */
export function describeOwnWorker(name: string, { startOwnWorker, startWorker }: OwnWorkerContract): void {
  describe(`an app's own worker file, ${name},`, () => {
    let matcher: LocalMatcher | undefined
    afterEach(async () => {
      await matcher?.close()
      matcher = undefined
    })
    const open = async (options: WorkerMatcherOptions): Promise<LocalMatcher> => {
      matcher = await createWorkerMatcher({ worker: startOwnWorker, keepInputs: true, ...options })
      return matcher
    }

    it('goes on answering with a previous model until everybody is brought over', async () => {
      const opened = await open({ settings: { model: 'next', previous: 'mine' } })
      const ask = (number: number): ReturnType<LocalMatcher['search']> => opened.search(pictureOf(number), search)
      expect(opened.records.model.id).toBe('mine')
      expect(await opened.outdatedPeople()).toBe(100)
      expect(await ask(3)).toMatchObject({ model: 'mine', candidates: [{ id: 'p3' }] })
      const told: number[] = []
      const changing = opened.reembed({ onProgress: ({ people }) => told.push(people) })
      expect((await ask(4)).candidates).toMatchObject([{ id: 'p4' }])
      expect(await changing).toEqual({ people: 100, failed: [] })
      expect(told.at(-1)).toBe(100)
      expect(await ask(3)).toMatchObject({ model: 'next', candidates: [{ id: 'p3' }] })
      expect(opened.records.model.id).toBe('next')
      expect(await opened.outdatedPeople()).toBe(0)
    })

    it.each([undefined, 'packed', 'usearch'] as const)(
      'puts recognizer and index inside (index: %s)',
      async (index) => {
        const opened = await open({ settings: { model: 'mine' }, ...(index !== undefined && { index }) })
        expect(opened.records.model.id).toBe('mine')
        await enroll(opened, 5)
        await opened.settled()
        expect([await found(opened, 3), await found(opened, 40)]).toEqual([['p3'], []])
        await opened.persons.delete('p3')
        expect(await found(opened, 3)).toEqual([])
        expect((await opened.verifyRecall()).probes).toBe(4)
      },
    )

    it('is started again with the same settings where a worker died', async () => {
      const workers: WorkerLike[] = []
      const settings = { model: 'mine' }
      const worker = (): WorkerLike => {
        workers.push(startOwnWorker())
        return workers.at(-1) as WorkerLike
      }
      const opened = await open({ worker, settings, restart: true })
      settings.model = 'changed since'
      await enroll(opened, 1)
      await workers[0]?.terminate()
      // Its store was in its memory: nobody is left of it.
      await expect.poll(() => found(opened, 0).catch(String), { timeout: 60_000 }).toEqual([])
      expect(opened.records.model.id).toBe('mine')
      expect(workers).toHaveLength(2)
    })

    it('says what its own opening says', async () => {
      await expect(open({ settings: { model: 'mine', fails: true } })).rejects.toMatchObject({
        code: 'store_unavailable',
        message: 'The drawer is locked; unlock it.',
      })
    })

    it('serves the workers of a pool, too', async () => {
      const recognizer = await createRecognizerPool({ size: 2, worker: startOwnWorker, settings: { model: 'pooled' } })
      matcher = await createMatcher({ recognizer })
      expect(matcher.records.model.id).toBe('pooled')
      await enroll(matcher, 4)
      expect(await found(matcher, 2)).toEqual(['p2'])
    })

    it('is ended where it does not hear that its picture was given up, and its place goes to another', async () => {
      const settings = { model: 'pooled', stuckAt: 4095 }
      await using pool = await disposable(createRecognizerPool({ size: 1, worker: startOwnWorker, settings }))
      const ask = { mode: 'FAST', purpose: 'search' } as const
      const reason = new Error('too long')
      const giveUp = new AbortController()
      const stuck = pool.recognize(pictureOf(4095), { ...ask, signal: giveUp.signal })
      const next = pool.recognize(pictureOf(7), ask)
      giveUp.abort(reason)
      await expect(stuck).rejects.toBe(reason)
      expect((await next).template).toHaveLength(pool.model.dimensions)
      expect((await pool.recognize(pictureOf(8), ask)).template).toHaveLength(pool.model.dimensions)
    })

    it('refuses settings and indexes that cannot be sent', async () => {
      await rejects(open({ settings: { model: () => 'mine' } }), 'invalid_option')
      await rejects(open({ settings: { model: 'mine' }, index: (() => undefined) as never }), 'invalid_option')
      await rejects(open({ settings: { model: 'mine' }, index: { snapshot: {} } as never }), 'invalid_option')
      await rejects(open({ settings: { model: 'mine' }, index: 'hnsw' as never }), 'invalid_option')
      await rejects(open({ worker: startWorker, index: 'hnsw' as never }), 'invalid_option')
    })
  })
}
