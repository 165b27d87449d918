/** A process that searches in a loop, and reports how many tensors and how much memory it holds. */
import * as tf from '@tensorflow/tfjs-core'
import { createMatcher, isVisavisError, type FaceMatcher, type Pixels } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import type { PersonCrops } from './crops.ts'

export interface GrowthRequest {
  readonly people: readonly PersonCrops[]
  readonly searches: number
}

export interface Held {
  readonly searches: number
  readonly tensors: number
  /** Of WebAssembly's memory, which never shrinks. */
  readonly heapBytes: number
  /** Of JavaScript's heap after a collection. */
  readonly scriptBytes: number
}

/** The number of searches before the first sample: by then everything that is made once has been made. */
const firstLook = 100

// An unhandled rejection ends the process, which its parent notices.
process.on('message', async (request: GrowthRequest) => {
  await run(request)
  process.disconnect()
})

async function run({ people, searches }: GrowthRequest): Promise<void> {
  await using matcher = await createMatcher({ recognizer: await createRecognizer() })
  for (const [i, { first: crop }] of people.entries()) await enroll(matcher, i, crop)
  const answers = new Map<number, string>()
  for (let i = 0; i < searches; i++) {
    const turn = i % (people.length * 20)
    const answer = await search(matcher, people, turn)
    const before = answers.get(turn)
    if (before !== undefined && before !== answer) throw new Error('the same search gave another answer')
    answers.set(turn, answer)
    if (i + 1 === firstLook || i + 1 === searches) process.send?.(held(i + 1))
  }
}

/** Not where the picture's quality is too low: its searches then find no person, and take as long. */
async function enroll(matcher: FaceMatcher, person: number, crop: Pixels): Promise<void> {
  try {
    await matcher.persons.create({ id: `${person}`, name: `Person ${person}`, images: [crop] })
  } catch (error) {
    if (!isVisavisError(error)) throw error
  }
}

/** Mostly FAST, some ACCURATE, and some pictures without a face, which go to the whole-picture detector. */
async function search(matcher: FaceMatcher, people: readonly PersonCrops[], turn: number): Promise<string> {
  const { second } = people[turn % people.length] as PersonCrops
  const crop = turn % 20 === 19 ? noise(turn) : second
  try {
    const { candidates } = await matcher.search(crop, { minScore: 0.5, mode: turn % 4 === 3 ? 'ACCURATE' : 'FAST' })
    return candidates.map(({ id, score }) => `${id} ${score}`).join(', ')
  } catch (error) {
    if (!isVisavisError(error)) throw error
    return error.code
  }
}

function noise(seed: number): Pixels {
  const data = new Uint8Array(120 * 120 * 3)
  let state = seed
  for (let i = 0; i < data.length; i++) {
    // Numerical Recipes' linear congruential generator.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    data[i] = state >>> 24
  }
  return { width: 120, height: 120, channels: 3, data }
}

function held(searches: number): Held {
  globalThis.gc?.()
  // The backend's own types hide it.
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }
  return {
    searches,
    tensors: tf.memory().numTensors,
    heapBytes: wasm.HEAPU8.buffer.byteLength,
    scriptBytes: process.memoryUsage().heapUsed,
  }
}
