import { createMatcher, isVisavisError, type Crop, type FaceMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import fc from 'fast-check'
import { readFile } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { people } from './support/people.ts'
import { loadPhoto, photoPath } from './support/photo-node.ts'
import { cut, type CropOptions } from './support/photo.ts'
import { rejects } from './support/rejects.ts'

const search = { minScore: 0.5, mode: 'ACCURATE' } as const
const ada = people['Ada'] as CropOptions

let matcher: FaceMatcher
/** Ada's face, cut from the photograph by sharp, for whatever file is made of it. */
let face: () => Sharp

beforeAll(async () => {
  matcher = await createMatcher({ recognizer: await createRecognizer() })
  await matcher.persons.create({ id: 'Ada', name: 'Ada', images: [cut(await loadPhoto(6), ada)] })
  const bytes = await sharp(await readFile(photoPath(6)))
    .extract({ left: ada.x - 185, top: ada.y - 185, width: 370, height: 370 })
    .png()
    .toBuffer()
  face = () => sharp(bytes).resize(120)
})

afterAll(() => matcher?.close())

async function expectFound(image: Crop): Promise<void> {
  const { candidates } = await matcher.search(image, { ...search, minScore: 0.8 })
  expect(candidates.map(({ id }) => id)).toEqual(['Ada'])
}

async function refuses(image: unknown, code: Parameters<typeof rejects>[1]): Promise<void> {
  await rejects(matcher.search(image as Crop, search), code)
  await rejects(matcher.persons.create({ name: 'Somebody', images: [image as Crop] }), code)
}

describe('files that are a picture, if not a usual one', () => {
  const files: Record<string, () => Promise<Uint8Array>> = {
    'grayscale JPEG': () => face().grayscale().jpeg().toBuffer(),
    'progressive JPEG': () => face().jpeg({ progressive: true }).toBuffer(),
    'CMYK JPEG': () => face().toColourspace('cmyk').jpeg().toBuffer(),
    '16-bit PNG': () => face().toColourspace('rgb16').png().toBuffer(),
    'grayscale 16-bit PNG': () => face().toColourspace('grey16').png().toBuffer(),
    'PNG with a palette': () => face().png({ palette: true }).toBuffer(),
    'PNG with alpha': () => face().ensureAlpha(0.9).png().toBuffer(),
    'lossy WebP': () => face().webp().toBuffer(),
    'lossless WebP': () => face().webp({ lossless: true }).toBuffer(),
    'WebP with alpha': () => face().ensureAlpha(0.9).webp().toBuffer(),
    'JPEG with something appended': async () => Buffer.concat([await face().jpeg().toBuffer(), Buffer.alloc(5000, 7)]),
    'animated WebP, its first picture': async () => {
      const frames = [await face().raw().toBuffer(), Buffer.alloc(120 * 120 * 3, 90)]
      return sharp(Buffer.concat(frames), { raw: { width: 120, height: 240, channels: 3, pageHeight: 120 } })
        .webp({ loop: 0, delay: [100, 100] })
        .toBuffer()
    },
  }
  for (const [name, make] of Object.entries(files)) {
    it(`finds the person in a ${name}`, async () => expectFound(await make()))
  }

  for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
    it(`turns a picture upright by its EXIF orientation ${orientation}`, async () => {
      // What a camera held that way stores: the upright picture, turned and mirrored back.
      const turns = { 1: 0, 2: 0, 3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90 }[orientation] as number
      const mirrored = [2, 4, 5, 7].includes(orientation)
      const stored = mirrored ? sharp(await face().flop().png().toBuffer()).rotate(turns) : face().rotate(turns)
      await expectFound(await stored.withMetadata({ orientation }).jpeg().toBuffer())
    })
  }

  it('takes ImageData-like pixels, RGB pixels, an ArrayBuffer and a Blob', async () => {
    const { data, info } = await face().removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const rgba = await face().ensureAlpha().raw().toBuffer()
    const png = new Uint8Array(await face().png().toBuffer())
    await expectFound({ width: info.width, height: info.height, data })
    await expectFound({ width: info.width, height: info.height, data: new Uint8ClampedArray(rgba) })
    await expectFound(png.buffer)
    await expectFound(new Blob([png]))
  })
})

describe('what is no picture', () => {
  const images: Record<string, () => unknown> = {
    'nothing at all': () => undefined,
    null: () => null,
    'a number': () => 7,
    'a path': () => 'face.jpg',
    'an empty object': () => ({}),
    'empty bytes': () => new Uint8Array(0),
    'an empty Blob': () => new Blob([]),
    'text renamed to .jpg': () => new TextEncoder().encode('I am not a picture, whatever my name says.'),
    'an SVG': () => new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    'a GIF': () => face().gif().toBuffer(),
    'zero-size pixels': () => ({ width: 0, height: 0, data: new Uint8Array(0) }),
    'a size of NaN': () => ({ width: Number.NaN, height: 120, data: new Uint8Array(120 * 120 * 3) }),
    'a size of halves': () => ({ width: 10.5, height: 2, data: new Uint8Array(63) }),
    'too few pixels': () => ({ width: 120, height: 120, data: new Uint8Array(1000) }),
    'pixels as floats': () => ({ width: 10, height: 10, data: new Float32Array(300) }),
    'pixels as 16 bits': () => ({ width: 10, height: 10, data: new Uint16Array(300) }),
    'pixels as a list': () => ({ width: 1, height: 1, data: [1, 2, 3] }),
    'what only a browser can draw': () => ({ width: 100, height: 100 }),
    '121 megapixels': () => ({ width: 12_100, height: 10_000, data: new Uint8Array(0) }),
    'a PNG of 121 megapixels': () =>
      sharp({ create: { width: 12_100, height: 10_000, channels: 3, background: '#888' } })
        .png()
        .toBuffer(),
  }
  for (const [name, make] of Object.entries(images)) {
    it(`refuses ${name}`, async () => refuses(await make(), 'invalid_image'))
  }

  for (const format of ['jpeg', 'png', 'webp'] as const) {
    it(`refuses a ${format} file that is cut off anywhere`, async () => {
      const whole = await face()[format]().toBuffer()
      for (const share of [0.01, 0.2, 0.5, 0.9, 0.99]) {
        await refuses(whole.subarray(0, Math.ceil(whole.length * share)), 'invalid_image')
      }
      // A JPEG that lost no more than its end mark shows all of the picture.
      await refuses(whole.subarray(0, whole.length - (format === 'jpeg' ? 12 : 1)), 'invalid_image')
    })
  }

  it('survives every flipped byte: an answer or an error of its own', async () => {
    const whole = new Uint8Array(await face().jpeg().toBuffer())
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const damaged = whole.slice()
        damaged[at] = (damaged[at] as number) ^ flip
        const result = await matcher.search(damaged, search).catch((error: unknown) => error)
        expect(isVisavisError(result) || 'candidates' in (result as object)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

describe('pictures without one face', () => {
  it('finds no face in one pixel', () => refuses({ width: 1, height: 1, data: new Uint8Array([9, 9, 9]) }, 'no_face'))

  for (const level of [0, 60, 128, 255]) {
    it(`finds no face on a wall of gray ${level}`, () =>
      refuses({ width: 120, height: 120, data: new Uint8Array(120 * 120 * 3).fill(level) }, 'no_face'))
  }

  it('finds no face in noise, of any size and grain', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.constantFrom(16, 64, 120),
        fc.constantFrom(1, 4, 12),
        async (seed, size, grain) => {
          await rejects(matcher.search(noise(seed, size, grain), search), 'no_face')
        },
      ),
      { numRuns: 40 },
    )
  })

  it('finds no face in pieces of a photograph that show none', async () => {
    const photo = await loadPhoto(6)
    for (const [x, y, size] of [
      [800, 1300, 300],
      [1200, 1250, 250],
      [120, 200, 220],
      [1750, 300, 200],
      [960, 900, 240],
    ] as const) {
      const call = matcher.search(cut(photo, { x, y, size }), { ...search, minScore: 0.5 })
      await rejects(call, 'no_face')
    }
  })

  it('refuses two faces of a size side by side', async () => {
    const one = await face().resize(60).png().toBuffer()
    const two = await sharp({ create: { width: 120, height: 60, channels: 3, background: '#777' } })
      .composite([
        { input: one, left: 0, top: 0 },
        { input: await sharp(one).flop().toBuffer(), left: 60, top: 0 },
      ])
      .png()
      .toBuffer()
    await refuses(two, 'multiple_faces')
    await refuses(await sharp(two).resize(1200).png().toBuffer(), 'multiple_faces')
  })

  it('takes the large face in the middle of a picture that shows a small one, too', async () => {
    const large = await face().resize(300).png().toBuffer()
    const small = await face().resize(80).flop().png().toBuffer()
    const picture = await sharp({ create: { width: 500, height: 400, channels: 3, background: '#777' } })
      .composite([
        { input: large, left: 120, top: 50 },
        { input: small, left: 10, top: 10 },
      ])
      .png()
      .toBuffer()
    await expectFound(picture)
  })

  it('says why a face is not good enough', async () => {
    const dark = await face().linear(0.04).png().toBuffer()
    const error = await matcher.persons.create({ name: 'Somebody', images: [dark] }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'low_quality' })
    expect((error as { reasons: string[] }).reasons).toContain('too_dark')
    const blurred = await face().blur(3).png().toBuffer()
    await expect(matcher.persons.create({ name: 'Somebody', images: [blurred] })).rejects.toMatchObject({
      code: 'low_quality',
      reasons: ['blurred'],
    })
  })
})

it('leaves the gallery as it was, whatever was tried', async () => {
  expect((await matcher.persons.list()).persons.map(({ id }) => id)).toEqual(['Ada'])
  await expectFound(await face().png().toBuffer())
})

function noise(seed: number, size: number, grain: number): { width: number; height: number; data: Uint8Array } {
  let state = seed | 0
  const random = (): number => {
    // Marsaglia's xorshift.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state & 0xff
  }
  const cells = Array.from({ length: (Math.ceil(size / grain) + 1) ** 2 * 3 }, random)
  const data = new Uint8Array(size * size * 3)
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / 3 / size)]
    const cell = Math.floor(y / grain) * (Math.ceil(size / grain) + 1) + Math.floor(x / grain)
    data[i] = cells[cell * 3 + (i % 3)] as number
  }
  return { width: size, height: size, data }
}
