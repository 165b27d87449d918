import { VisavisError, type Pixels, type Recognizer } from '@visavis/core'
import { describe, expect, it } from 'vitest'
import { RecognizerTurns } from './recognizer-turns.ts'

const picture: Pixels = { width: 1, height: 1, channels: 3, data: new Uint8Array(3) }

/** A recognizer that is done with a picture when the test says so. */
function newTurns(): {
  turns: RecognizerTurns
  look: (name: string, signal?: AbortSignal) => Promise<unknown>
  begun: string[]
  end: (name: string) => Promise<void>
} {
  const turns = new RecognizerTurns()
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  let next = ''
  const names = new WeakMap<Pixels, string>()
  const recognizer = turns.keptBy({
    recognize: (image: Pixels) => {
      next = names.get(image) ?? ''
      begun.push(next)
      return new Promise((resolve) => {
        ends.set(next, () => resolve({}))
      })
    },
  } as unknown as Recognizer)
  return {
    turns,
    begun,
    look: (name, signal) => {
      const image = { ...picture }
      names.set(image, name)
      return recognizer.recognize(image, { mode: 'FAST', purpose: 'search', signal })
    },
    end: async (name) => {
      ends.get(name)?.()
      await settle()
    },
  }
}

/** Long enough for everything that can go on by itself: each turn and each picture takes a task. */
async function settle(): Promise<void> {
  for (let task = 0; task < 6; task++) {
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}

function patientSignal(turns: RecognizerTurns): AbortSignal {
  const { signal } = new AbortController()
  turns.letWait(signal)
  return signal
}

describe('the turns of a recognizer', () => {
  it('give long work one picture at a time, in the order of asking', async () => {
    const { turns, look, begun, end } = newTurns()
    const signals = [patientSignal(turns), patientSignal(turns)]
    const looks = ['a', 'b', 'c'].map((name, i) => look(name, signals[i % 2]))
    await settle()
    expect(begun).toEqual(['a'])
    await end('a')
    expect(begun).toEqual(['a', 'b'])
    await end('b')
    await end('c')
    expect(await Promise.all(looks)).toHaveLength(3)
  })

  it('let what somebody waits for begin at once, and go before what has not begun', async () => {
    const { turns, look, begun, end } = newTurns()
    const signal = patientSignal(turns)
    const long = ['a', 'b'].map((name) => look(name, signal))
    await settle()
    const searches = ['x', 'y'].map((name) => turns.urgently(() => look(name)))
    await settle()
    expect(begun).toEqual(['a', 'x', 'y'])
    await end('a')
    await end('x')
    expect(begun).toEqual(['a', 'x', 'y'])
    await end('y')
    expect(begun).toEqual(['a', 'x', 'y', 'b'])
    await end('b')
    await Promise.all([...long, ...searches])
  })

  it('go on after a call that fails, and leave out one that was aborted', async () => {
    const { turns, look, begun, end } = newTurns()
    await expect(turns.urgently(() => Promise.reject(new RangeError('failed')))).rejects.toThrow('failed')
    const controller = new AbortController()
    turns.letWait(controller.signal)
    const first = look('a', patientSignal(turns))
    const aborted = look('b', controller.signal).catch(String)
    const last = look('c', patientSignal(turns))
    controller.abort(new Error('enough'))
    await settle()
    await end('a')
    expect(await aborted).toBe('Error: enough')
    await settle()
    expect(begun).toEqual(['a', 'c'])
    await end('c')
    await Promise.all([first, last])
  })

  it('refuse what waits', async () => {
    const { turns, look, begun, end } = newTurns()
    const signal = patientSignal(turns)
    const first = look('a', signal)
    const second = look('b', signal).catch((error: unknown) => error)
    await settle()
    turns.refuse(new VisavisError('matcher_closed', 'Closed.'))
    expect(await second).toMatchObject({ code: 'matcher_closed' })
    await end('a')
    await first
    expect(begun).toEqual(['a'])
  })
})
