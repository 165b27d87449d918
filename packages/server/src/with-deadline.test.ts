import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { withDeadline } from './with-deadline.ts'

const never = new AbortController().signal
const endless = (): Promise<never> => new Promise(() => undefined)

describe('withDeadline', () => {
  it('gives what the work gives', async () => {
    expect(await withDeadline(() => Promise.resolve(7), never, 1e6)).toBe(7)
    await expect(withDeadline(() => Promise.reject(new Error('broken')), never, 1e6)).rejects.toThrow('broken')
  })

  it('tells the work to stop when its time is up, and does not wait for work that does not', async () => {
    let told: AbortSignal | undefined
    const work = (signal: AbortSignal): Promise<never> => {
      told = signal
      return endless()
    }
    await expect(withDeadline(work, never, 10)).rejects.toMatchObject({ code: 'timeout' })
    expect(told?.aborted).toBe(true)
  })

  it('passes the abort of the caller on, with its reason, and waits for what is still under way', async () => {
    const caller = new AbortController()
    const reason = new Error('left')
    let ended = false
    const work = async (signal: AbortSignal): Promise<void> => {
      await once(signal, 'abort')
      await setImmediate()
      ended = true
      signal.throwIfAborted()
    }
    const call = withDeadline(work, caller.signal, 1e6)
    caller.abort(reason)
    await expect(call).rejects.toBe(reason)
    expect(ended).toBe(true)
    await expect(withDeadline(() => Promise.resolve(7), caller.signal, 1e6)).rejects.toBe(reason)
  })
})
