import { createMatcher, type Crop, type FaceMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeFaceMatcher } from '../contracts/face-matcher.ts'
import { brokenOff, manyScans, oddJpegs } from '../support/odd-jpegs.ts'
import { people } from '../support/people.ts'
import { loadPhoto, photoUrls } from '../support/photo-browser.ts'
import { cut, type CropOptions } from '../support/photo.ts'
import { rejects } from '../support/rejects.ts'

describeFaceMatcher('the matcher in a page', {
  create: async () => createMatcher({ recognizer: await createRecognizer() }),
  loadPhoto,
})

describe('the pictures that a page has', () => {
  const search = { minScore: 0.8, mode: 'FAST' } as const
  const place = people['Ada'] as CropOptions
  let matcher: FaceMatcher
  let canvas: HTMLCanvasElement

  beforeAll(async () => {
    matcher = await createMatcher({ recognizer: await createRecognizer() })
    const crop = cut(await loadPhoto(6), place)
    await matcher.persons.create({ id: 'Ada', name: 'Ada', images: [crop] })
    canvas = Object.assign(document.createElement('canvas'), { width: crop.width, height: crop.height })
    canvas.getContext('2d')?.putImageData(new ImageData(crop.data as Uint8ClampedArray<ArrayBuffer>, crop.width), 0, 0)
  })
  afterAll(() => matcher?.close())

  const blob = (type: string): Promise<Blob> =>
    new Promise((resolve, reject) => {
      canvas.toBlob((made) => (made === null ? reject(new Error(`no ${type}`)) : resolve(made)), type)
    })
  const found = async (image: Crop): Promise<string[]> =>
    (await matcher.search(image, search)).candidates.map(({ id }) => id)

  it('takes a canvas, an OffscreenCanvas, an ImageBitmap, ImageData, an img and a VideoFrame', async () => {
    const offscreen = new OffscreenCanvas(canvas.width, canvas.height)
    offscreen.getContext('2d')?.drawImage(canvas, 0, 0)
    const img = new Image()
    img.src = canvas.toDataURL()
    await img.decode()
    const frame = new VideoFrame(canvas, { timestamp: 0 })
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) as ImageData
    for (const image of [canvas, offscreen, await createImageBitmap(canvas), data, img, frame]) {
      expect(await found(image)).toEqual(['Ada'])
    }
    frame.close()
  })

  it('takes a JPEG, PNG and WebP as Blob, ArrayBuffer and bytes', async () => {
    for (const type of ['image/jpeg', 'image/png', 'image/webp']) {
      const file = await blob(type)
      expect(file.type).toBe(type)
      expect(await found(file)).toEqual(['Ada'])
      expect(await found(await file.arrayBuffer())).toEqual(['Ada'])
      expect(await found(new Uint8Array(await file.arrayBuffer()))).toEqual(['Ada'])
    }
  })

  it('takes a canvas, pixels and bytes as they are when the call is made', async () => {
    const drawn = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height })
    const context = drawn.getContext('2d') as CanvasRenderingContext2D
    context.drawImage(canvas, 0, 0)
    const pixels = context.getImageData(0, 0, drawn.width, drawn.height)
    const bytes = new Uint8Array(await (await blob('image/jpeg')).arrayBuffer())
    const calls = [drawn, pixels, bytes, drawn].map(found)
    context.fillRect(0, 0, drawn.width, drawn.height)
    pixels.data.fill(0)
    bytes.fill(0)
    for (const call of calls) expect(await call).toEqual(['Ada'])
  })

  it('reads JPEG files as people have them, and none that broke off', async () => {
    const whole = new Uint8Array(await (await blob('image/jpeg')).arrayBuffer())
    for (const [name, make] of Object.entries(oddJpegs)) {
      expect({ name, found: await found(make(whole)) }).toEqual({ name, found: ['Ada'] })
    }
    await rejects(matcher.search(brokenOff(whole, 0.5, false), search), 'invalid_image')
    await rejects(matcher.search(manyScans(whole, 2000), search), 'invalid_image')
  })

  it('refuses sides that no picture has before it decodes', async () => {
    for (const [width, height] of [
      [1, 40_000_000],
      [33_000, 1000],
    ] as const) {
      await rejects(matcher.search(pngHead(width, height), search), 'invalid_image')
    }
  })

  it('finds the person in the whole photograph when they are the most prominent of it', async () => {
    const response = await fetch(photoUrls[6])
    const bitmap = await createImageBitmap(await response.blob(), 152, 425, 400, 400)
    expect(await found(bitmap)).toEqual(['Ada'])
  })

  it('turns a JPEG upright by its EXIF orientation', async () => {
    const sideways = document.createElement('canvas')
    sideways.width = canvas.height
    sideways.height = canvas.width
    const context = sideways.getContext('2d') as CanvasRenderingContext2D
    // What a camera stores that says "turn me a quarter clockwise".
    context.rotate(-Math.PI / 2)
    context.drawImage(canvas, -canvas.width, 0)
    const stored = await new Promise<Blob>((resolve) => {
      sideways.toBlob((made) => resolve(made as Blob), 'image/jpeg', 0.95)
    })
    const plain = new Uint8Array(await stored.arrayBuffer())
    expect(await found(withOrientation(plain, 6))).toEqual(['Ada'])
  })

  it('refuses what is cut off, empty, or no picture', async () => {
    for (const type of ['image/jpeg', 'image/png', 'image/webp']) {
      const bytes = new Uint8Array(await (await blob(type)).arrayBuffer())
      for (const share of [0, 0.1, 0.5, 0.95]) {
        await rejects(matcher.search(bytes.slice(0, bytes.length * share), search), 'invalid_image')
      }
    }
    await rejects(matcher.search(new TextEncoder().encode('no picture'), search), 'invalid_image')
    await rejects(matcher.search(document.createElement('video'), search), 'invalid_image')
    await rejects(matcher.search(new Image(), search), 'invalid_image')
  })
})

describe('model files that a page cannot have', () => {
  it('names a file that is not there, or is a page of HTML', async () => {
    await expect(createRecognizer({ assets: { 'face-mesh.bin': '/nowhere/face-mesh.bin' } })).rejects.toMatchObject({
      code: expect.stringMatching(/^model_(load_failed|corrupt)$/),
      message: expect.stringContaining('face-mesh.bin'),
    })
  })
})

/** The beginning of a PNG with these sides. */
function pngHead(width: number, height: number): Uint8Array {
  const head = new Uint8Array(64)
  head.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52])
  new DataView(head.buffer).setUint32(16, width)
  new DataView(head.buffer).setUint32(20, height)
  head.set([8, 0, 0, 0, 0], 24)
  return head
}

/** The JPEG with an EXIF segment that holds nothing but the orientation. */
function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  const exif = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0]
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
  return Uint8Array.of(...jpeg.subarray(0, 2), ...exif, ...tiff, ...jpeg.subarray(2))
}
