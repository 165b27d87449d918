import { memoryStore, type Pixels, type Recognizer, type Store } from '@visavis/core'
import sharp from 'sharp'
import type { PersonCrops } from '../recognize/crops.ts'

/** What stands in for the time a person was enrolled at: the same on every run. */
const enrolledAt = '2026-01-01T00:00:00.000Z'

/**
 * A store of so many people: real ones, each with the template of their first crop, and strangers with seeded synthetic
 * templates. These are as alike to each other as the real people are on average, since enrolling as many by recognition
 * would take minutes and change nothing about how long a search takes.
 */
export async function seededStore(
  recognizer: Recognizer,
  people: readonly PersonCrops[],
  count: number,
): Promise<Store> {
  const store = memoryStore()
  const templates: Float32Array[] = []
  const thumbnail = await thumbnailOf((people[0] as PersonCrops).first)
  const put = (id: string, name: string, template: Float32Array): Promise<void> =>
    store.write([
      {
        kind: 'put_person',
        person: {
          id,
          name,
          gender: null,
          dateOfBirth: null,
          nationality: null,
          notes: null,
          collectionIds: [],
          faces: [{ id: `${id}-1`, thumbnail, modelId: recognizer.model.id, template }],
          createdAt: enrolledAt,
          modifiedAt: enrolledAt,
        },
      },
    ])
  for (const [i, { first }] of people.entries()) {
    const { template } = await recognizer.recognize(first, { mode: 'ACCURATE', purpose: 'search' })
    templates.push(template)
    await put(personId(i), `Person ${i}`, template)
  }
  const mean = meanOf(templates)
  const random = randomNumbers(1)
  for (let i = people.length; i < count; i++) await put(personId(i), `Stranger ${i}`, strangerOf(mean, random))
  return store
}

export function personId(index: number): string {
  return `person-${String(index).padStart(6, '0')}`
}

function thumbnailOf({ width, height, channels, data }: Pixels): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels } }).removeAlpha().jpeg({ quality: 90 }).toBuffer()
}

function meanOf(templates: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array((templates[0] as Float32Array).length)
  for (const template of templates) {
    for (const [i, value] of template.entries()) mean[i] = (mean[i] as number) + value / templates.length
  }
  return mean
}

/** The mean face, plus noise of the length that is missing to a unit vector. */
function strangerOf(mean: Float32Array, random: () => number): Float32Array {
  const noise = Float32Array.from(mean, () => gaussian(random))
  const share = Math.sqrt(Math.max(0, 1 - lengthOf(mean) ** 2)) / lengthOf(noise)
  const template = mean.map((value, i) => value + share * (noise[i] as number))
  const length = lengthOf(template)
  return template.map((value) => value / length)
}

function lengthOf(vector: Float32Array): number {
  return Math.hypot(...vector)
}

/** Box and Muller's transform. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Numbers from 0 to 1 by Tommy Ettinger's mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
