import type { Crop, FaceMatcher } from '@visavis/core'
import { createWorkerMatcher } from '@visavis/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeFaceMatcher } from '../contracts/face-matcher.ts'
import { describeWorkerMatcher } from '../contracts/worker-matcher.ts'
import { people } from '../support/people.ts'
import { loadPhoto } from '../support/photo-browser.ts'
import { cut, type CropOptions } from '../support/photo.ts'
import { rejects } from '../support/rejects.ts'
import { startWorker } from '../support/worker-browser.ts'

let databases = 0

describeFaceMatcher('the matcher in a Web Worker', {
  create: () => createWorkerMatcher({ keepInputs: true }),
  loadPhoto,
})

describeWorkerMatcher('createWorkerMatcher in a page', {
  create: createWorkerMatcher,
  startWorker,
  durableStore: () => ({ kind: 'indexeddb', name: `worker-${Date.now()}-${databases++}` }),
  exclusively: (store) => ({ ...store, whenLocked: 'refuse' }) as typeof store,
  loadPhoto,
})

it('reads beside another matcher, is told of what that writes, and writes when it is gone', async () => {
  const crop = cut(await loadPhoto(6), people['Ada'] as CropOptions)
  const store = { kind: 'indexeddb', name: `worker-${Date.now()}-${databases++}` } as const
  const first = await createWorkerMatcher({ store, keepInputs: true })
  const told: { isReading: boolean }[] = []
  const onStoreChange = (change: { isReading: boolean }): void => void told.push(change)
  await using second = await createWorkerMatcher({ store, keepInputs: true, onStoreChange })
  const ada = { id: 'Ada', name: 'Ada', images: [crop] }
  const find = async (): Promise<string | undefined> =>
    (await second.search(crop, { minScore: 0.8, mode: 'FAST' })).candidates[0]?.id
  expect(await find()).toBeUndefined()
  await rejects(second.persons.create(ada), 'store_locked')
  await first.persons.create(ada)
  expect(await find()).toBe('Ada')
  await expect.poll(() => told).toEqual([{ isReading: true }])
  await first.close()
  await expect.poll(() => told.at(-1), { timeout: 30_000 }).toEqual({ isReading: false })
  const remove = (): Promise<string> => second.persons.delete('Ada').then(() => 'removed', String)
  await expect.poll(remove, { timeout: 30_000 }).toBe('removed')
  expect(await find()).toBeUndefined()
})

describe('the pictures that a page has, on their way into the worker', () => {
  const search = { minScore: 0.8, mode: 'FAST' } as const
  let matcher: FaceMatcher
  let keeping: FaceMatcher
  let canvas: HTMLCanvasElement

  beforeAll(async () => {
    matcher = await createWorkerMatcher()
    keeping = await createWorkerMatcher({ keepInputs: true })
    const crop = cut(await loadPhoto(6), people['Ada'] as CropOptions)
    canvas = Object.assign(document.createElement('canvas'), { width: crop.width, height: crop.height })
    canvas.getContext('2d')?.putImageData(new ImageData(crop.data as Uint8ClampedArray<ArrayBuffer>, crop.width), 0, 0)
    for (const one of [matcher, keeping]) await one.persons.create({ id: 'Ada', name: 'Ada', images: [canvas] })
  })
  afterAll(async () => {
    await matcher?.close()
    await keeping?.close()
  })

  const found = async (image: Crop, by: FaceMatcher = matcher): Promise<string[]> =>
    (await by.search(image, search)).candidates.map(({ id }) => id)
  const imageData = (): ImageData =>
    canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) as ImageData
  const file = (): Promise<Blob> =>
    new Promise((resolve) => {
      canvas.toBlob((made) => resolve(made as Blob))
    })

  it('draws canvases, images and videos, which stay as they are', async () => {
    const pixels = imageData()
    const offscreen = new OffscreenCanvas(canvas.width, canvas.height)
    offscreen.getContext('2d')?.drawImage(canvas, 0, 0)
    const img = new Image()
    img.src = canvas.toDataURL()
    await img.decode()
    const video = document.createElement('video')
    video.muted = true
    video.srcObject = canvas.captureStream()
    // A canvas streams what is drawn on it from now on.
    const drawing = setInterval(() => canvas.getContext('2d')?.putImageData(pixels, 0, 0), 20)
    await video.play()
    for (const image of [canvas, offscreen, img, video]) {
      for (const by of [matcher, keeping]) expect(await found(image, by)).toEqual(['Ada'])
    }
    clearInterval(drawing)
    for (const track of video.srcObject.getTracks()) track.stop()
  })

  it('takes a canvas as it is when the call is made', async () => {
    const drawn = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height })
    const context = drawn.getContext('2d')
    context?.drawImage(canvas, 0, 0)
    const calls = [found(drawn), found(drawn)]
    context?.clearRect(0, 0, drawn.width, drawn.height)
    for (const call of calls) expect(await call).toEqual(['Ada'])
  })

  it('moves bitmaps, frames, pixels and bytes, or leaves them with keepInputs', async () => {
    const bytes = await (await file()).arrayBuffer()
    const images = async (): Promise<[Crop, (image: never) => number][]> => [
      [await createImageBitmap(canvas), (image: ImageBitmap) => image.width],
      [new VideoFrame(canvas, { timestamp: 0 }), (image: VideoFrame) => image.displayWidth],
      [imageData(), (image: ImageData) => image.data.length],
      [bytes.slice(), (image: ArrayBuffer) => image.byteLength],
      [new Uint8Array(bytes.slice()), (image: Uint8Array) => image.byteLength],
    ]
    for (const [image, size] of await images()) {
      const before = size(image as never)
      expect(await found(image, keeping)).toEqual(['Ada'])
      expect(size(image as never)).toBe(before)
      expect(await found(image)).toEqual(['Ada'])
      expect(size(image as never)).toBe(0)
      await rejects(found(image), 'invalid_image')
    }
  })

  it('takes a Blob', async () => {
    for (const by of [matcher, keeping]) expect(await found(await file(), by)).toEqual(['Ada'])
  })

  it('refuses what has nothing to show yet', async () => {
    for (const image of [
      document.createElement('video'),
      new Image(),
      new OffscreenCanvas(0, 0),
      { width: 9, height: 9 },
    ]) {
      await rejects(found(image), 'invalid_image')
    }
  })
})

describe('what a page does not have', () => {
  it('is said of SQLite', async () => {
    await rejects(createWorkerMatcher({ store: { kind: 'sqlite', path: 'people.db' } }), 'invalid_option')
  })

  it('is said of a folder of model files, named as the page sees it', async () => {
    await expect(createWorkerMatcher({ assets: './no-such-folder' })).rejects.toMatchObject({
      code: expect.stringMatching(/^model_(load_failed|corrupt)$/),
      message: expect.stringMatching(/\.(json|bin|wasm)/),
    })
  })
})
