import { imageCodec } from '#image-codec'
import type { Pixels } from './pixels.ts'
import { warpInto } from './warp.ts'

export interface ShrunkJpeg {
  /** A baseline JPEG without metadata. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Pixels of the picture a pixel of the JPEG, 1 or more. */
  readonly scale: number
}

/** A picture as JPEG, scaled down where its longer side has more than `longestSide` pixels. */
export async function toShrunkJpeg(pixels: Pixels, longestSide: number): Promise<ShrunkJpeg> {
  const scale = Math.max(1, pixels.width / longestSide, pixels.height / longestSide)
  if (scale === 1) return { bytes: await imageCodec.encodeJpeg(pixels), scale }
  const width = Math.max(1, Math.round(pixels.width / scale))
  const height = Math.max(1, Math.round(pixels.height / scale))
  const data = new Uint8ClampedArray(width * height * 3)
  warpInto(data, width, height, pixels, { a: scale, b: 0, tx: 0, ty: 0 })
  return { bytes: await imageCodec.encodeJpeg({ width, height, channels: 3, data }), scale }
}
