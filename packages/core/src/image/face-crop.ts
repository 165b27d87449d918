import type { Box, Pixels } from './pixels.ts'
import { warpInto } from './warp.ts'

/** The longest side of a crop, pixels, as Verifik defines it. */
const cropSize = 120

/** A crop's side over the longer side of the face's box: the margin that the recognizer reads landmarks best with. */
const cropOverBox = 1.6

/**
 * The square crop around a face, `cropSize` pixels a side or less where the picture shows the face smaller. A picture
 * that is no larger than a crop is returned as it is.
 */
export function faceCrop(pixels: Pixels, box: Box): Pixels {
  if (pixels.width <= cropSize && pixels.height <= cropSize) return pixels
  const side = Math.max(box.right - box.left, box.bottom - box.top) * cropOverBox
  const size = Math.max(1, Math.min(cropSize, Math.round(side)))
  const scale = side / size
  const tx = (box.left + box.right - side) / 2
  // The box ends at the brow; the centre of the whole head lies a little higher than the box's.
  const ty = (box.top + box.bottom - side) / 2 - side * 0.03
  const data = new Uint8ClampedArray(size * size * 3)
  warpInto(data, size, size, pixels, { a: scale, b: 0, tx, ty })
  return { width: size, height: size, channels: 3, data }
}
