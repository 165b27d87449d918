import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { WorkQueue } from './work-queue.ts'

const never = new AbortController().signal

/** Work that ends when it is told to. */
class Task {
  started = false
  end: () => void = () => undefined
  readonly #gate: Promise<void> = new Promise((resolve) => {
    this.end = resolve
  })
  readonly run = async (): Promise<string> => {
    this.started = true
    await this.#gate
    return 'done'
  }
}

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await setImmediate()
}

describe('WorkQueue', () => {
  it('runs so many at once, the others in their order, and refuses who is too many', async () => {
    const queue = new WorkQueue({ concurrency: 2, waiting: 2, patience: 1e6 })
    const tasks = Array.from({ length: 5 }, () => new Task())
    const results = tasks.map(({ run }) => queue.run(run, never).catch((error: Error) => error.message))
    await turns()
    expect(tasks.map(({ started }) => started)).toEqual([true, true, false, false, false])
    expect([queue.running, queue.waiting]).toEqual([2, 2])
    expect(await results[4]).toBe('overloaded')
    tasks[1]?.end()
    await turns()
    expect(tasks.map(({ started }) => started)).toEqual([true, true, true, false, false])
    for (const { end } of tasks) end()
    expect(await Promise.all(results)).toEqual(['done', 'done', 'done', 'done', 'overloaded'])
    await turns()
    expect([queue.running, queue.waiting]).toEqual([0, 0])
  })

  it('goes on after work that failed', async () => {
    const queue = new WorkQueue({ concurrency: 1, waiting: 1, patience: 1e6 })
    const failing = queue.run(() => Promise.reject(new Error('broken')), never)
    const next = queue.run(() => Promise.resolve('fine'), never)
    await expect(failing).rejects.toThrow('broken')
    expect(await next).toBe('fine')
  })

  it('forgets who gave up waiting, and does not start work for who is gone', async () => {
    const queue = new WorkQueue({ concurrency: 1, waiting: 5, patience: 1e6 })
    const first = new Task()
    const running = queue.run(first.run, never)
    const controller = new AbortController()
    const gone = new Task()
    const waiting = queue.run(gone.run, controller.signal)
    const reason = new Error('left')
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(queue.run(gone.run, controller.signal)).rejects.toBe(reason)
    expect(queue.waiting).toBe(0)
    first.end()
    await running
    await turns()
    expect(gone.started).toBe(false)
  })

  it('refuses who waited for too long', async () => {
    const queue = new WorkQueue({ concurrency: 1, waiting: 5, patience: 20 })
    const first = new Task()
    const running = queue.run(first.run, never)
    await expect(queue.run(new Task().run, never)).rejects.toMatchObject({ status: 503, retryAfter: 1 })
    first.end()
    await running
  })

  it('gives everything else a turn between two pieces of work', async () => {
    const queue = new WorkQueue({ concurrency: 1, waiting: 5, patience: 1e6 })
    const seen: string[] = []
    const work = (name: string) => (): Promise<void> => {
      seen.push(name)
      return Promise.resolve()
    }
    const all = [queue.run(work('a'), never), queue.run(work('b'), never)]
    const connection = setImmediate().then(() => seen.push('connection'))
    await Promise.all([...all, connection])
    expect(seen).toEqual(['a', 'connection', 'b'])
  })
})
