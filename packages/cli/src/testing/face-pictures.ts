import { createRequire } from 'node:module'
import path from 'node:path'
import sharp from 'sharp'

/** Faces of the sample photographs: whose they are is not known, so they go by the place they stand at. */
const places = {
  photo3Left: { photograph: 3, left: 505, top: 284, side: 392 },
  photo3Middle: { photograph: 3, left: 962, top: 137, side: 440 },
  photo6Left: { photograph: 6, left: 161, top: 441, side: 390 },
  photo6Right: { photograph: 6, left: 1378, top: 207, side: 425 },
} as const
export type FacePlace = keyof typeof places

export interface PictureOptions {
  /** Moves the crop to the side by this share of its width, and makes it wider by as much. @default 0 */
  readonly shift?: number
  readonly mirrored?: boolean
}

/** A JPEG of one face, 240x240 pixels. */
export async function facePicture(
  place: FacePlace,
  { shift = 0, mirrored = false }: PictureOptions = {},
): Promise<Buffer> {
  const { photograph, left, top, side } = places[place]
  const wider = Math.round(side * shift)
  const crop = sharp(samplePhotograph(photograph)).extract({
    left: left - wider,
    top: top - Math.round(wider / 2),
    width: side + wider,
    height: side + wider,
  })
  return (mirrored ? crop.flop() : crop).resize(240, 240).jpeg({ quality: 88 }).toBuffer()
}

/** The whole photograph at half its size. */
export async function groupPicture(photograph: 3 | 6): Promise<Buffer> {
  return sharp(samplePhotograph(photograph)).resize(960).jpeg({ quality: 88 }).toBuffer()
}

/** A picture of nothing: gray all over. */
export async function wallPicture(): Promise<Buffer> {
  return sharp({ create: { width: 240, height: 240, channels: 3, background: '#8a8d90' } })
    .jpeg()
    .toBuffer()
}

/** A picture of nothing: every pixel at random, the same each time. */
export async function noisePicture(): Promise<Buffer> {
  const data = new Uint8Array(240 * 240 * 3)
  let state = 1
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    data[i] = state >>> 24
  }
  return sharp(data, { raw: { width: 240, height: 240, channels: 3 } })
    .jpeg()
    .toBuffer()
}

function samplePhotograph(number: number): string {
  const manifest = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')
  return path.join(path.dirname(manifest), 'demo', `sample${number}.jpg`)
}
