import type { Pixels } from '../image/pixels.ts'

/** Brightness alone, rows from the top, 0..255 (ITU-R BT.601). */
export interface LumaPatch {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
}

/** The luma of a part of a picture, pixel by pixel, where that part lies inside. */
export function lumaPatch(pixels: Pixels, centerX: number, centerY: number, half: number): LumaPatch {
  const left = Math.max(0, Math.round(centerX) - half)
  const top = Math.max(0, Math.round(centerY) - half)
  const width = Math.max(0, Math.min(pixels.width, Math.round(centerX) + half) - left)
  const height = Math.max(0, Math.min(pixels.height, Math.round(centerY) + half) - top)
  const values = new Float32Array(width * height)
  const { data, channels } = pixels
  for (let y = 0, to = 0; y < height; y++) {
    let from = ((top + y) * pixels.width + left) * channels
    for (let x = 0; x < width; x++, from += channels) {
      values[to++] =
        0.299 * (data[from] as number) + 0.587 * (data[from + 1] as number) + 0.114 * (data[from + 2] as number)
    }
  }
  return { width, height, values }
}
