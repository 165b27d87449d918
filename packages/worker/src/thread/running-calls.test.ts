import type { Recognizer } from '@visavis/core'
import { describe, expect, it } from 'vitest'
import { interruptible } from './interruptible-recognizer.ts'
import { nextTask } from './next-task.ts'
import { RunningCalls } from './running-calls.ts'

describe('a call in a worker', () => {
  it('that is aborted between two pictures does not look at the second one', async () => {
    const calls = new RunningCalls()
    let looked = 0
    const recognizer = interruptible({
      recognize: () => {
        looked++
        calls.abort(1)
        return Promise.resolve({})
      },
    } as unknown as Recognizer)
    const outcome = await calls.run(1, async (signal) => {
      const picture = { width: 1, height: 1, channels: 3, data: new Uint8Array(3) } as const
      for (let i = 0; i < 3; i++) await recognizer.recognize(picture, { mode: 'FAST', purpose: 'search', signal })
    })
    expect(outcome).toEqual({ kind: 'aborted' })
    expect(looked).toBe(1)
  })

  it('hears of an abort that comes while it works', async () => {
    const calls = new RunningCalls()
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => calls.abort(1))
    port1.start()
    const outcome = await calls.run(1, async (signal) => {
      port2.postMessage('abort')
      for (let step = 0; step < 1000; step++) {
        await nextTask()
        signal.throwIfAborted()
      }
    })
    port1.close()
    expect(outcome).toEqual({ kind: 'aborted' })
  })

  it('that fails for another reason says which, also when it was aborted', async () => {
    const calls = new RunningCalls()
    const outcome = await calls.run(1, () => {
      calls.abort(1)
      throw new RangeError('other')
    })
    expect(outcome).toMatchObject({ kind: 'failure', failure: { name: 'RangeError', message: 'other' } })
  })

  it('answers with bytes on buffers of their own, out of whatever memory they were in', async () => {
    const memory = new Uint8Array(1000).fill(7)
    const outcome = await new RunningCalls().run(1, () =>
      Promise.resolve({ list: [{ image: memory.subarray(10, 20) }], template: new Float32Array(memory.buffer, 40, 3) }),
    )
    const { value } = outcome as { value: { list: { image: Uint8Array }[]; template: Float32Array } }
    expect(value.list[0]?.image).toEqual(new Uint8Array(10).fill(7))
    expect(value.list[0]?.image.buffer.byteLength).toBe(10)
    expect(value.template.buffer.byteLength).toBe(12)
    expect(memory).toHaveLength(1000)
  })
})
