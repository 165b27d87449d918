import { isVisavisError } from '@visavis/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CallQueue, type QueuePolicy } from './call-queue.ts'

/** Work that ends when the test says so. */
function newWork(): { begun: boolean; work: () => Promise<string>; end: (fails?: boolean) => void } {
  let end!: (fails?: boolean) => void
  const promise = new Promise<string>((resolve, reject) => {
    end = (fails = false) => (fails ? reject(new Error('failed')) : resolve('done'))
  })
  const made = {
    begun: false,
    work: () => {
      made.begun = true
      return promise
    },
    end,
  }
  return made
}

function outcomeOf(call: Promise<string>): Promise<string> {
  return call.catch((error: unknown) => (isVisavisError(error) ? error.code : (error as Error).message))
}

/** Long enough for everything that can go on by itself. */
async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve)
  })
}

describe('CallQueue', () => {
  it('never works on two calls at once, and on all of them in the order of asking, whatever becomes of each', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (fails) => {
        const queue = new CallQueue({ policy: 'wait' })
        const works = fails.map(() => newWork())
        const calls = works.map(({ work }) => outcomeOf(queue.run(work, true)))
        for (const [i, work] of works.entries()) {
          await settle()
          expect(works.map(({ begun }) => begun)).toEqual(works.map((_, k) => k <= i))
          work.end(fails[i])
        }
        expect(await Promise.all(calls)).toEqual(fails.map((failed) => (failed ? 'failed' : 'done')))
      }),
      { numRuns: 20 },
    )
  })

  it('holds no more than its limit of calls that may be dropped, and loses none that may not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<QueuePolicy>('reject', 'drop_oldest'),
        fc.nat(4),
        fc.array(fc.boolean(), { maxLength: 12 }),
        async (policy, limit, droppables) => {
          const queue = new CallQueue({ policy, limit })
          const calls = droppables.map((droppable) => {
            const work = newWork()
            work.end()
            const call = async (): Promise<string> => {
              if (droppable) queue.makeRoom()
              return queue.run(work.work, droppable)
            }
            return outcomeOf(call())
          })
          const outcomes = await Promise.all(calls)
          const answered = outcomes.flatMap((outcome, i) => (outcome === 'done' ? [i] : []))
          // The first call is worked on at once; of the droppable others the first, or the last, ones wait.
          const waiting = droppables.flatMap((droppable, i) => (droppable && i > 0 ? [i] : []))
          const kept = policy === 'reject' || limit === 0 ? waiting.slice(0, limit) : waiting.slice(-limit)
          const expected = droppables.flatMap((droppable, i) => (i === 0 || !droppable || kept.includes(i) ? [i] : []))
          expect(answered).toEqual(expected)
          for (const outcome of outcomes) expect(['done', 'worker_busy']).toContain(outcome)
        },
      ),
    )
  })

  it('takes an aborted call out of the line', async () => {
    const queue = new CallQueue()
    const [first, second, third] = [newWork(), newWork(), newWork()]
    const controller = new AbortController()
    const calls = [queue.run(first.work, true), queue.run(second.work, true, controller.signal)]
    const last = queue.run(third.work, true)
    controller.abort(new Error('enough'))
    expect(await outcomeOf(calls[1] as Promise<string>)).toBe('enough')
    first.end()
    third.end()
    expect(await Promise.all([calls[0], last])).toEqual(['done', 'done'])
    expect(second.begun).toBe(false)
  })

  it('refuses what waits when it is cleared, and works on', async () => {
    const queue = new CallQueue()
    const [first, second] = [newWork(), newWork()]
    const calls = [queue.run(first.work, true), queue.run(second.work, false)].map(outcomeOf)
    queue.clear(new Error('cleared'))
    first.end()
    expect(await Promise.all(calls)).toEqual(['done', 'cleared'])
    second.end()
    expect(await queue.run(second.work, true)).toBe('done')
  })
})
