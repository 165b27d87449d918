import type { ImageLike } from '@visavis/core'

/** A decoded photograph, RGBA. */
export interface Photo extends ImageLike {
  readonly data: Uint8ClampedArray
}

/** Where a face is in a photograph, and how a crop of it differs from the plain one. */
export interface CropOptions {
  /** The centre of the face, pixels of the photograph. */
  readonly x: number
  readonly y: number
  /** The side of the square that is cut out, pixels of the photograph. */
  readonly size: number
  /** The side of the crop. @default 120 */
  readonly pixels?: number
  readonly mirror?: boolean
  /** What every value is multiplied with. @default 1 */
  readonly gain?: number
}

/** A square crop of a photograph, each pixel the mean of those it covers; black beyond the edge. */
export function cut(photo: Photo, { x, y, size, pixels = 120, mirror = false, gain = 1 }: CropOptions): ImageLike {
  const data = new Uint8ClampedArray(pixels * pixels * 4)
  const step = size / pixels
  for (let row = 0; row < pixels; row++) {
    for (let column = 0; column < pixels; column++) {
      const across = mirror ? pixels - 1 - column : column
      const mean = meanColor(photo, x - size / 2 + across * step, y - size / 2 + row * step, step)
      const at = (row * pixels + column) * 4
      for (let channel = 0; channel < 3; channel++) data[at + channel] = (mean[channel] as number) * gain
      data[at + 3] = 255
    }
  }
  return { width: pixels, height: pixels, data }
}

function meanColor(photo: Photo, left: number, top: number, step: number): number[] {
  const sum = [0, 0, 0]
  let count = 0
  for (let y = Math.floor(top); y < top + step; y++) {
    for (let x = Math.floor(left); x < left + step; x++) {
      count++
      if (x < 0 || y < 0 || x >= photo.width || y >= photo.height) continue
      const at = (y * photo.width + x) * 4
      for (let channel = 0; channel < 3; channel++) {
        sum[channel] = (sum[channel] as number) + (photo.data[at + channel] as number)
      }
    }
  }
  return sum.map((value) => value / count)
}
