/** What the suite's page does; the suite calls the functions of `bench`. Plain JavaScript: pages load it as it is. */
import { createMatcher } from '@visavis/core'
import { createRecognizerPool, createWorkerMatcher, enrollAll } from '@visavis/worker'

const search = /** @type {const} */ ({ minScore: 0.8, mode: 'FAST' })
const store = /** @type {const} */ ({ kind: 'indexeddb', name: 'bench' })

/** How many people are enrolled at once, the same ones over and over under other names. */
const bulk = 24

/** @typedef {{ width: number, height: number, data: Uint8Array }} Picture */

/** @type {{ enrolled: Picture, probe: Picture }[]} */
let people = []
/** @type {import('@visavis/core').FaceMatcher} */
let matcher

/** @param {string} text base64 */
function bytesOf(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

/** A picture of its own, since the worker takes it away. @param {Picture} picture */
function copy({ width, height, data }) {
  return { width, height, data: data.slice() }
}

/** @param {number} number */
function personOf(number) {
  return /** @type {{ enrolled: Picture, probe: Picture }} */ (people[number % people.length])
}

/**
 * The ids found for a person's probe, and the milliseconds that the call took beyond the work inside.
 * @param {number} i
 */
async function searchOnce(i) {
  const picture = copy(personOf(i).probe)
  const started = performance.now()
  const { candidates, milliseconds } = await matcher.search(picture, search)
  const overhead = performance.now() - started - (milliseconds?.total ?? Number.NaN)
  return { found: candidates.map(({ id }) => id), overhead }
}

/** Counts the frames that come too late, until it is told to stop. */
function watchFrames() {
  const frame = 1000 / 60
  let last = 0
  let lost = 0
  let running = true
  const step = (/** @type {number} */ now) => {
    if (last > 0) lost += Math.max(0, Math.round((now - last) / frame) - 1)
    last = now
    if (running) requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
  return () => {
    running = false
    return lost
  }
}

const bench = {
  /** @param {{ width: number, height: number, enrolled: string, probe: string }[]} given */
  give(given) {
    people = given.map(({ width, height, enrolled, probe }) => ({
      enrolled: { width, height, data: bytesOf(enrolled) },
      probe: { width, height, data: bytesOf(probe) },
    }))
  },

  /** From the start of the page to the first answer, milliseconds, and the ids that were found. */
  async start() {
    matcher = await createWorkerMatcher({ store })
    const { found } = await searchOnce(0)
    return { milliseconds: performance.now(), found }
  },

  async enroll() {
    for (const [i, { enrolled }] of people.entries()) {
      await matcher.persons.create({ id: `${i}`, name: `Person ${i}`, images: [copy(enrolled)] })
    }
  },

  /** Searches one after the other. Wrong answers are counted, not hidden. @param {number} count */
  async searches(count) {
    const overheads = []
    let wrong = 0
    for (let i = 0; i < count; i++) {
      const { found, overhead } = await searchOnce(i)
      overheads.push(overhead)
      if (found[0] !== `${i % people.length}`) wrong++
    }
    return { overheads, wrong }
  },

  /** Frames lost while that many searches run, and in the same time without any. @param {number} count */
  async frames(count) {
    const stopWorking = watchFrames()
    const started = performance.now()
    performance.mark('searching')
    const { wrong } = await bench.searches(count)
    performance.mark('searched')
    const milliseconds = performance.now() - started
    const working = stopWorking()
    const stopIdle = watchFrames()
    await new Promise((resolve) => {
      setTimeout(resolve, milliseconds)
    })
    return { working, idle: stopIdle(), milliseconds, wrong }
  },

  /** Of the page and its worker, JavaScript and WebAssembly together. */
  async memory() {
    const { measureUserAgentSpecificMemory: measure } =
      /** @type {{ measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }} */ (
        /** @type {unknown} */ (performance)
      )
    return (await measure.call(performance)).bytes
  },

  async close() {
    await matcher.close()
  },

  /** Milliseconds to enroll all people `rounds` times over with pools of both sizes, in turn. @param {number} rounds */
  async pools(rounds) {
    const sizes = /** @type {const} */ ([1, 2])
    const pools = await Promise.all(sizes.map((size) => createRecognizerPool({ size })))
    /** @type {Record<number, number[]>} */
    const times = { 1: [], 2: [] }
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const pool of round % 2 === 0 ? pools : pools.toReversed()) {
        const started = performance.now()
        await enrollEverybody(pool)
        if (round > 0) times[pool.size]?.push(performance.now() - started)
      }
    }
    for (const pool of pools) await pool.close()
    return times
  },
}

/** Into a gallery in memory, which is thrown away. @param {import('@visavis/worker').RecognizerPool} pool */
async function enrollEverybody(pool) {
  // The pool outlives the matcher.
  const recognizer = {
    model: pool.model,
    detect: pool.detect.bind(pool),
    recognize: pool.recognize.bind(pool),
    close: async () => {},
  }
  const gallery = await createMatcher({ recognizer })
  const newPeople = Array.from({ length: bulk }, (_, i) => ({
    id: `${i}`,
    name: `Person ${i}`,
    images: [personOf(i).enrolled],
  }))
  for await (const { error } of enrollAll(gallery, newPeople, { atOnce: pool.size * 2 })) if (error) throw error
  await gallery.close()
}

Object.assign(globalThis, { bench })

/** @typedef {typeof bench} Bench */
