import {
  createMatcher,
  memoryStore,
  type LocalMatcher,
  type MatcherOptions,
  type Recognizer,
  type Store,
} from '@visavis/core'
import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { rejects } from './support/rejects.ts'

const time = '2026-01-05T08:00:00.000Z'
const pixel = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } as const
const search = { minScore: 0.5, mode: 'FAST' } as const
const wasm = new URL(import.meta.resolve('@visavis/usearch-wasm/usearch.wasm'))

/** A template for each number: all different, none alike to another beyond chance. */
function template(dimensions: number, number: number): Float32Array {
  const values = Array.from({ length: dimensions }, (_, i) => Math.sin((number + 1) * (i + 1) * 12.9898))
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

function mean(...templates: Float32Array[]): Float32Array {
  const sum = (templates[0] as Float32Array).map((_, i) => templates.reduce((all, one) => all + (one[i] as number), 0))
  return sum.map((value) => value / Math.hypot(...sum))
}

/** Sees in every picture whom it was told to see: what matters here is behind the recognizer. */
class Told implements Recognizer {
  readonly model
  sees: Float32Array

  constructor(dimensions: number) {
    const calibration = [
      [0, -1],
      [1, -9],
    ] as const
    this.model = { id: 'told', dimensions, calibration: { fast: calibration, accurate: calibration } }
    this.sees = template(dimensions, 0)
  }

  async detect(): Promise<[]> {
    return []
  }

  async recognize() {
    const quality = { eyeDistance: 40, brightness: 128, contrast: 50, sharpness: 0.5, yaw: 0, visible: 1, reasons: [] }
    const point = [1, 1] as const
    const landmarks = { leftEye: point, rightEye: point, nose: point, leftMouth: point, rightMouth: point }
    const box = { left: 0, top: 0, right: 2, bottom: 2 }
    return { template: this.sees, face: { box, landmarks, score: 1, quality }, milliseconds: { locate: 0, embed: 0 } }
  }

  async close(): Promise<void> {}
}

async function fill(store: Store, dimensions: number, people: number, views = 1): Promise<void> {
  for (let i = 0; i < people; i++) {
    await store.write([
      {
        kind: 'put_person',
        person: {
          id: `p${i}`,
          name: `Person ${i}`,
          gender: null,
          dateOfBirth: null,
          nationality: null,
          notes: null,
          collectionIds: [],
          faces: Array.from({ length: views }, (_, view) => ({
            id: `p${i}-${view}`,
            thumbnail: Uint8Array.of(1),
            modelId: 'told',
            template: template(dimensions, i * views + view),
          })),
          createdAt: time,
          modifiedAt: time,
        },
      },
    ])
  }
}

let matcher: LocalMatcher | undefined
afterEach(async () => {
  await matcher?.close()
  matcher = undefined
})

async function open(recognizer: Recognizer, store: Store, index: MatcherOptions['index']): Promise<LocalMatcher> {
  matcher = await createMatcher({ recognizer, store, index: index ?? {} })
  return matcher
}

describe('the index behind a matcher', () => {
  it.each<[string, MatcherOptions['index']]>([
    ['exact scans', {}],
    ['sketches', { sketchFrom: 1 }],
    ['a graph', 'usearch'],
    ['a graph of the native addon', 'usearch-native'],
  ])('gives as many people as were asked for with %s, though each has three templates', async (_name, index) => {
    const store = memoryStore()
    await fill(store, 64, 700, 3)
    const recognizer = new Told(64)
    const opened = await open(recognizer, store, index)
    await opened.settled()
    // A person is compared by all three at once.
    recognizer.sees = mean(...[0, 1, 2].map((view) => template(64, 3 * 123 + view)))
    const { candidates } = await opened.search(pixel, { ...search, maxResults: 40 })
    expect(candidates[0]).toMatchObject({ id: 'p123', score: 1 })
    expect(new Set(candidates.map(({ id }) => id)).size).toBe(candidates.length)
    const exact = await opened.search(pixel, { ...search, mode: 'ACCURATE', maxResults: 40 })
    expect(candidates).toHaveLength(exact.candidates.length)
    const report = await opened.verifyRecall({ probes: 50 })
    expect(report.probes).toBe(50)
    expect(report.recall1).toBeGreaterThan(0.9)
    await rejects(opened.verifyRecall({ probes: 0 }), 'invalid_option')
  })

  it('enrolls nobody whose template has no room, and goes on with those who are enrolled', async () => {
    const store = memoryStore()
    await fill(store, 16, 16_384)
    const recognizer = new Told(16)
    const opened = await open(recognizer, store, { maximumBytes: 2 * 2 ** 20 })
    recognizer.sees = template(16, 20_000)
    await rejects(opened.persons.create({ id: 'one too many', name: 'Nobody', images: [pixel] }), 'gallery_full')
    expect(await store.persons(['one too many'])).toEqual([])
    expect(await opened.persons.get('one too many')).toBeNull()
    recognizer.sees = template(16, 777)
    expect((await opened.search(pixel, search)).candidates[0]?.id).toBe('p777')
    await opened.persons.delete('p777')
    await opened.persons.create({ id: 'in their place', name: 'Somebody', images: [pixel] })
    expect((await opened.search(pixel, search)).candidates[0]?.id).toBe('in their place')
  })

  it('takes its WebAssembly as a file, as bytes or compiled, and says which file it could not have', async () => {
    const recognizer = new Told(16)
    const bytes = await readFile(wasm)
    for (const source of [wasm, wasm.href, bytes, await WebAssembly.compile(bytes)]) {
      const opened = await open(recognizer, memoryStore(), { wasm: source })
      expect((await opened.search(pixel, search)).candidates).toEqual([])
      await opened.close()
    }
    const missing = new URL('nowhere.wasm', wasm)
    await expect(open(recognizer, memoryStore(), { wasm: missing })).rejects.toMatchObject({
      code: 'model_load_failed',
      message: expect.stringContaining('nowhere.wasm'),
    })
    await rejects(open(recognizer, memoryStore(), { wasm: bytes.subarray(0, 1000) }), 'model_load_failed')
  })
})
