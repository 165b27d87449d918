import {
  createMatcher,
  type Crop,
  type FaceMatcher,
  type FaceSearcher,
  type Pixels,
  type Recognizer,
} from '@visavis/core'
import { TakenPictures, toPixels } from '@visavis/core/kit'
import { createRecognizer } from '@visavis/core/tfjs'
import { withFallback } from '@visavis/remote'
import { createRecognizerPool, createWorkerMatcher } from '@visavis/worker'
import { runInNewContext } from 'node:vm'
import { MessageChannel } from 'node:worker_threads'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { colorRecognizer, pictureOf } from './support/color-recognizer.ts'
import { faceFile } from './support/face-file.ts'
import { people } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut } from './support/photo.ts'
import { rejects } from './support/rejects.ts'

const search = { minScore: 0.7, mode: 'FAST' } as const

function pixelsOf(person: 'Ada' | 'Eva'): Promise<Pixels> {
  const { photo, ...place } = people[person] as (typeof people)[string]
  return loadPhoto(photo).then((picture) => ({ ...cut(picture, place), channels: 4 }))
}

describe('inputs are those of the moment of the call', () => {
  let files: { Ada: Buffer; Eva: Buffer }
  let recognizer: Recognizer
  const matchers: Record<string, FaceMatcher> = {}

  beforeAll(async () => {
    files = { Ada: await faceFile('Ada'), Eva: await faceFile('Eva') }
    recognizer = await createRecognizer()
    matchers['in this thread'] = await createMatcher({ recognizer })
    matchers['in a worker'] = await createWorkerMatcher()
    matchers['in a worker that leaves inputs'] = await createWorkerMatcher({ keepInputs: true })
    for (const matcher of Object.values(matchers)) {
      for (const id of ['Ada', 'Eva'] as const) {
        await matcher.persons.create({ id, name: id, images: [Buffer.from(files[id])] })
      }
    }
  })

  afterAll(async () => {
    for (const matcher of Object.values(matchers)) await matcher.close()
  })

  for (const place of ['in this thread', 'in a worker', 'in a worker that leaves inputs']) {
    it(`tells four queued calls through one buffer apart, ${place}`, async () => {
      const matcher = matchers[place] as FaceMatcher
      const size = Math.max(files.Ada.length, files.Eva.length)
      // Not at the beginning of its buffer, as Buffers of a pool are not.
      const memory = new Uint8Array(size + 64)
      const camera = memory.subarray(64)
      const frames = ['Ada', 'Eva', 'Ada', 'Eva'] as const
      const answers = frames.map((person) => {
        camera.fill(0)
        camera.set(files[person])
        return matcher.search(camera, search)
      })
      camera.fill(0)
      const found = (await Promise.all(answers)).map(({ candidates }) => candidates[0]?.id)
      expect(found).toEqual(frames)
    })
  }

  it('looks at the pixels that a recognizer was given', async () => {
    const options = { mode: 'FAST', purpose: 'search' } as const
    const [ada, eva] = [await pixelsOf('Ada'), await pixelsOf('Eva')]
    const pool = await createRecognizerPool({ size: 1 })
    for (const one of [recognizer, pool]) {
      const right = (await one.recognize(ada, options)).template
      const frame = { ...ada, data: ada.data.slice() }
      // The second one waits for a place.
      const calls = [one.recognize(frame, options), one.recognize(frame, options)]
      const detecting = one.detect(frame)
      frame.data.set(eva.data)
      for (const { template } of await Promise.all(calls)) expect(template).toEqual(right)
      expect(await detecting).toHaveLength(1)
    }
    await pool.close()
  })

  it('asks the cloud with the picture that this device was asked with', async () => {
    const asked: unknown[] = []
    const cloud: FaceSearcher = {
      async search(crop, options) {
        asked.push((crop as Pixels).data[0], options.collectionId)
        return { id: 'x', candidates: [], source: 'remote' }
      },
    }
    const local = createWorkerMatcher()
    const searcher = withFallback({ local, remote: cloud, policy: { nobodyFound: true } })
    const picture = await pixelsOf('Ada')
    const first = picture.data[0]
    const options = { ...search, collectionId: undefined as string | undefined }
    const searching = searcher.search(picture, options as never)
    picture.data.fill((first as number) ^ 255)
    options.collectionId = 'later'
    await searching
    expect(asked).toEqual([first, undefined])
    await (await local).close()
  })
})

async function png(): Promise<Uint8Array<ArrayBuffer>> {
  const { data, width, height } = pictureOf(1234)
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  )
}

/** The same value, made in another realm. */
function elsewhere(code: string, value: unknown): unknown {
  return runInNewContext(code, { value, SharedArrayBuffer })
}

describe('inputs of every kind and realm', () => {
  let matcher: FaceMatcher

  beforeAll(async () => {
    matcher = await createMatcher({ recognizer: colorRecognizer() })
    await matcher.persons.create({ id: 'one', name: 'One', images: [pictureOf(1234)] })
  })

  afterAll(() => matcher?.close())

  const kinds: Record<string, (bytes: Uint8Array<ArrayBuffer>) => unknown> = {
    'a Uint8Array of another realm': (bytes) => elsewhere('Uint8Array.from(value)', bytes),
    'an ArrayBuffer of another realm': (bytes) => elsewhere('Uint8Array.from(value).buffer', bytes),
    'a DataView': (bytes) => new DataView(bytes.buffer),
    'bytes in shared memory': (bytes) => {
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
      shared.set(bytes)
      return shared
    },
    'shared memory itself': (bytes) => {
      const shared = new SharedArrayBuffer(bytes.length)
      new Uint8Array(shared).set(bytes)
      return shared
    },
    'bytes in memory that can grow': (bytes) => {
      const buffer = new (ArrayBuffer as new (size: number, options: object) => ArrayBuffer)(bytes.length, {
        maxByteLength: 1e6,
      })
      new Uint8Array(buffer).set(bytes)
      return buffer
    },
    'a part of a pool': (bytes) => Buffer.concat([Buffer.alloc(99, 1), bytes]).subarray(99),
    'a File': (bytes) => new File([bytes], 'face.png'),
    'a Blob of a library': (bytes) => ({
      [Symbol.toStringTag]: 'Blob',
      arrayBuffer: async () => elsewhere('Uint8Array.from(value).buffer', bytes),
    }),
    'pixels of another realm': () => {
      const { data, width, height } = pictureOf(1234)
      return elsewhere('({ width: value.width, height: value.height, data: Uint8ClampedArray.from(value.data) })', {
        data,
        width,
        height,
      })
    },
    'a list of another realm': (bytes) => elsewhere('[Uint8Array.from(value)]', bytes),
  }
  for (const [name, make] of Object.entries(kinds)) {
    it(`reads ${name}`, async () => {
      const bytes = await png()
      const { candidates } = await matcher.search(make(bytes) as Crop, search)
      expect(candidates.map(({ id }) => id)).toEqual(['one'])
      expect(bytes.length).toBeGreaterThan(0)
    })
  }

  it('refuses what was moved away, what is no bytes, and a Blob that cannot be read, and says so', async () => {
    const moved = await png()
    const view = new DataView(moved.buffer)
    new MessageChannel().port1.postMessage(moved, [moved.buffer])
    const unread = { [Symbol.toStringTag]: 'Blob', arrayBuffer: () => Promise.reject(new TypeError('gone')) }
    for (const image of [moved, moved.buffer, view, new Float32Array(9), new BigInt64Array(9), unread]) {
      await rejects(matcher.search(image as never, search), 'invalid_image')
    }
    const worker = await createWorkerMatcher()
    for (const image of [moved, moved.buffer, view, new Float32Array(9), unread]) {
      await rejects(worker.search(image as never, search), 'invalid_image')
    }
    for (const make of Object.values(kinds)) {
      // One color is no face, but every kind comes as far as being looked at.
      await rejects(worker.search(make(await png()) as Crop, search), 'no_face')
    }
    await worker.close()
  })

  it('leaves the pixels that are passed as they are', async () => {
    const data = new Uint8Array(16 * 16 * 4).fill(100)
    const read = await toPixels({ width: 16, height: 16, data })
    expect(new Set(data)).toEqual(new Set([100]))
    expect(read.data).not.toBe(data)
    expect(read.scale).toBe(1)
    expect(() => new TakenPictures([{ width: 1, height: 1, data: new Uint8Array(3) }, null as never])).toThrow(
      'Picture 2 of 2',
    )
  })
})
