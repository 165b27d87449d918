import { inspectImageFile, type Crop } from '@visavis/core'
import { toPixels } from '@visavis/core/kit'
import { crc32, deflateSync } from 'node:zlib'
import { readFile } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { brokenOff, manyScans, oddJpegs } from './support/odd-jpegs.ts'
import { photoPath } from './support/photo-node.ts'
import { rejects } from './support/rejects.ts'

/** A piece of a photograph, of a size that is no multiple of a JPEG's blocks. */
let piece: () => Sharp

beforeAll(async () => {
  const png = await sharp(await readFile(photoPath(6)))
    .extract({ left: 160, top: 440, width: 370, height: 370 })
    .resize(121, 133)
    .png()
    .toBuffer()
  piece = () => sharp(png)
})

async function bytes(picture: Sharp): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await picture.toBuffer())
}

/** How far two pictures lie apart on the average, 0 to 255; alpha aside. */
async function distance(one: Crop, other: Crop): Promise<number> {
  const [a, b] = [await toPixels(one), await toPixels(other)]
  expect([a.width, a.height]).toEqual([b.width, b.height])
  let sum = 0
  for (let i = 0; i < a.width * a.height; i++) {
    for (let c = 0; c < 3; c++) {
      sum += Math.abs((a.data[i * a.channels + c] as number) - (b.data[i * b.channels + c] as number))
    }
  }
  return sum / (a.width * a.height * 3)
}

/** The first bytes of a file. */
function start(text: string): Uint8Array {
  return Buffer.from(text.padEnd(64, '\0'), 'latin1')
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** A PNG of nothing but zeros, however large. */
function emptyPng(width: number, height: number, interlaced = 0): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, interlaced], 8)
  const rows = deflateSync(new Uint8Array(height * (1 + Math.ceil(width / 8))))
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', new Uint8Array(0))])
}

describe('files as people have them', () => {
  for (const [name, make] of Object.entries(oddJpegs)) {
    it(`reads a JPEG with ${name} as the whole one, baseline and progressive`, async () => {
      for (const options of [{}, { progressive: true }, { chromaSubsampling: '4:4:4' }]) {
        const whole = await bytes(piece().jpeg({ quality: 90, ...options }))
        const odd = make(whole)
        const before = odd.slice()
        expect(await distance(odd, whole)).toBe(0)
        expect(odd).toEqual(before)
      }
    })
  }

  it('refuses a JPEG that broke off in the middle of the picture, with an end mark or without', async () => {
    for (const options of [{}, { progressive: true }, { chromaSubsampling: '4:4:4' }]) {
      const whole = await bytes(piece().jpeg({ quality: 90, ...options }))
      for (const share of [0.02, 0.3, 0.6, 0.85]) {
        await rejects(toPixels(brokenOff(whole, share, false)), 'invalid_image')
        await rejects(toPixels(brokenOff(whole, share, true)), 'invalid_image')
      }
      await rejects(toPixels(brokenOff(whole, 0.99, false)), 'invalid_image')
    }
  })

  it('reads every depth, color and interlace of PNG', async () => {
    const plain = await bytes(piece().png())
    const gray = await bytes(piece().grayscale().png())
    for (const [file, like] of [
      [piece().png({ progressive: true }), plain],
      [piece().toColourspace('rgb16').png(), plain],
      [piece().toColourspace('rgb16').png({ progressive: true }), plain],
      [piece().grayscale().ensureAlpha(1).png(), gray],
      [piece().toColourspace('grey16').png(), gray],
      [piece().withIccProfile('srgb').png(), plain],
    ] as const) {
      expect(await distance(await bytes(file), like)).toBeLessThan(1.5)
    }
  })

  it('takes colors by the profile that is embedded', async () => {
    const plain = await bytes(piece().png())
    const wide = await bytes(piece().withIccProfile('p3').png())
    expect(await distance(wide, plain)).toBeLessThan(2)
    const cmyk = await bytes(piece().toColourspace('cmyk').jpeg({ quality: 95 }))
    expect(await distance(cmyk, plain)).toBeLessThan(12)
  })

  it('says of other kinds of files what they are, and what to do', async () => {
    for (const [file, name] of [
      [start('\0\0\0\x18ftypheic'), 'HEIC'],
      [start('\0\0\0\x18ftypmif1'), 'HEIF'],
      [await piece().heif({ compression: 'av1' }).toBuffer(), 'AVIF'],
      [await piece().gif().toBuffer(), 'GIF'],
      [await piece().tiff().toBuffer(), 'TIFF'],
      [start('BM'), 'BMP'],
      [start('<?xml version="1.0"?><svg width="9">'), 'SVG'],
      [start('%PDF-1.7'), 'PDF'],
      [start('\xff\x0a'), 'JPEG XL'],
      [start('/9j/4AAQSkZJRg'), 'base64'],
    ] as const) {
      await expect(toPixels(new Uint8Array(file))).rejects.toMatchObject({
        code: 'invalid_image',
        message: expect.stringMatching(new RegExp(`\\b${name}\\b.*; \\w+ .*\\.$`)),
      })
    }
  })
})

describe('large pictures', () => {
  it('scales them down while it decodes, and says how much', async () => {
    const [width, height] = [8000, 6000]
    const create = { width, height, channels: 3, background: '#356' } as const
    for (const file of [sharp({ create }).jpeg(), sharp({ create }).png()]) {
      const read = await toPixels(await bytes(file))
      expect(read.width * read.height).toBeLessThanOrEqual(16_000_000)
      expect(read.width).toBeCloseTo(width / read.scale, -1)
      expect(read.height).toBeCloseTo(height / read.scale, -1)
      for (const [i, value] of [0x33, 0x55, 0x66].entries()) expect(read.data[i]).toBeCloseTo(value, -1)
    }
    const turned = await toPixels(await bytes(sharp({ create }).withMetadata({ orientation: 6 }).jpeg()))
    expect(turned.height / turned.width).toBeCloseTo(width / height, 2)
  })

  it('takes as many pixels in memory, scaled down when they are taken', async () => {
    const data = new Uint8Array(6000 * 4000 * 3)
    for (let i = 0; i < data.length; i += 3) data[i] = 200
    const read = await toPixels({ width: 6000, height: 4000, data })
    expect([read.width, read.height, read.scale]).toEqual([3000, 2000, 2])
    expect([...read.data.subarray(-3)]).toEqual([200, 0, 0])
  })
})

describe('files made to cost', () => {
  it('refuses sides and shapes that no picture has before it decodes', () => {
    for (const [width, height] of [
      [1, 40_000_000],
      [40_000_000, 1],
      [2, 20_000_000],
      [100, 40_000],
      [33_000, 1000],
    ] as const) {
      expect(() => inspectImageFile(emptyPng(width, height))).toThrow('pixels')
    }
    expect(() => inspectImageFile(emptyPng(9000, 9000, 1))).toThrow('megapixels')
    expect(inspectImageFile(emptyPng(9000, 9000))).toEqual({ format: 'png', width: 9000, height: 9000 })
  })

  it('refuses a JPEG with more scans than a picture needs', async () => {
    const whole = await bytes(piece().jpeg({ progressive: true }))
    expect(() => inspectImageFile(manyScans(whole, 2000))).toThrow('scans')
    expect(() => inspectImageFile(manyScans(whole, 3))).not.toThrow()
  })

  it('reads a picture with very much else in its file', async () => {
    const jpeg = await bytes(piece().jpeg())
    const extra = Buffer.concat([Buffer.from([0xff, 0xed, 0xff, 0xff]), Buffer.alloc(0xfffd, 7)])
    const large = Buffer.concat([jpeg.subarray(0, 2), ...Array.from({ length: 150 }, () => extra), jpeg.subarray(2)])
    expect(await distance(new Uint8Array(large), jpeg)).toBe(0)
    const comment = await bytes(
      piece()
        .withExif({ IFD0: { ImageDescription: 'x'.repeat(60_000) } })
        .png(),
    )
    expect(await distance(comment, await bytes(piece().png()))).toBe(0)
  })
})
