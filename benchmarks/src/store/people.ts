import type { PersonRecord, Recognizer, Store } from '@visavis/core'

const dimensions = 128
/** About what the thumbnail of a face takes as JPEG of 120x120 pixels. */
const thumbnailBytes = 4000
const time = '2026-01-05T08:00:00.000Z'
/** How many people a write has. */
const batchSize = 500

/** Bytes without pattern, the same for the same number. */
function noise(number: number, bytes: Uint8Array): Uint8Array {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
  let state = Math.imul(number + 1, 2_654_435_761)
  for (let i = 0; i < words.length; i++) {
    state = Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9
    words[i] = state
  }
  return bytes
}

function templateOf(number: number): Float32Array {
  const bytes = noise(number, new Uint8Array(dimensions))
  const values = Array.from(bytes, (byte) => byte - 127.5)
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

export function syntheticPerson(number: number): PersonRecord {
  const id = number.toString(16).padStart(24, '0')
  return {
    id,
    name: `Person ${number}`,
    gender: null,
    dateOfBirth: null,
    nationality: null,
    notes: null,
    collectionIds: [],
    faces: [
      {
        id: `${id}-0`,
        thumbnail: noise(-number, new Uint8Array(thumbnailBytes)),
        modelId: 'synthetic',
        template: templateOf(number),
      },
    ],
    createdAt: time,
    modifiedAt: time,
  }
}

export async function fill(store: Store, people: number): Promise<void> {
  for (let first = 0; first < people; first += batchSize) {
    const batch = Array.from({ length: Math.min(batchSize, people - first) }, (_, i) => syntheticPerson(first + i))
    await store.write(batch.map((person) => ({ kind: 'put_person', person })))
  }
}

/** Sees one person in every picture: what a network takes is no part of what a store takes. */
export function recognizerOf(number: number): Recognizer {
  const calibration = [
    [0, -1],
    [1, -9],
  ] as const
  const quality = { eyeDistance: 40, brightness: 128, contrast: 50, sharpness: 0.5, yaw: 0, visible: 1, reasons: [] }
  const point = [1, 1] as const
  const landmarks = { leftEye: point, rightEye: point, nose: point, leftMouth: point, rightMouth: point }
  const face = { box: { left: 0, top: 0, right: 2, bottom: 2 }, landmarks, score: 1, quality }
  return {
    model: { id: 'synthetic', dimensions, calibration: { fast: calibration, accurate: calibration } },
    detect: async () => [],
    recognize: async () => ({ template: templateOf(number), face, milliseconds: { locate: 0, embed: 0 } }),
    close: async () => {},
  }
}
