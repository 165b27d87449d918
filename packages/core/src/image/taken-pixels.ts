import { backdrop } from './codec.ts'
import type { ImageLike } from './crop.ts'
import { copyBytes, isPixelBytes } from './foreign-bytes.ts'
import { checkSize, invalid } from './image-file.ts'
import type { ReadPicture } from './pixels.ts'
import { mostReadPixels } from './read-size.ts'

/**
 * A copy of a caller's pixels, laid over gray where they are transparent, and scaled down where they are very many.
 *
 * @throws VisavisError `invalid_image`
 */
export function takePixels({ width, height, data }: ImageLike): ReadPicture {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw invalid(`The image is ${width}x${height} pixels; both sides must be whole numbers of at least 1.`)
  }
  checkSize({ width, height })
  if (!isPixelBytes(data)) {
    throw invalid("The image's data must be a Uint8Array or Uint8ClampedArray, 8 bits a channel; convert it.")
  }
  const { length } = data
  const channels = length / (width * height)
  if (channels !== 1 && channels !== 3 && channels !== 4) {
    const needed = `${width}x${height} pixels need ${width * height * 3} (RGB) or ${width * height * 4} (RGBA)`
    throw invalid(`The image's data has ${length} bytes; ${needed}.`)
  }
  if (width * height > mostReadPixels) return shrink({ width, height, data }, channels)
  if (channels === 1) return shrink({ width, height, data }, 1, 1)
  const copy = copyBytes(data)
  if (channels === 4) layOverGray(copy)
  return { width, height, channels, data: copy, scale: 1 }
}

/** RGB in which each pixel is the mean of a square of `step` pixels a side; a rest at the edge is dropped. */
function shrink(
  { width, height, data }: ImageLike,
  channels: 1 | 3 | 4,
  step: number = Math.ceil(Math.sqrt((width * height) / mostReadPixels)),
): ReadPicture {
  const size = { width: Math.max(1, Math.floor(width / step)), height: Math.max(1, Math.floor(height / step)) }
  const rgb = new Uint8Array(size.width * size.height * 3)
  const across = Math.min(step, width)
  const down = Math.min(step, height)
  let to = 0
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0
        for (let row = y * step; row < y * step + down; row++) {
          let from = (row * width + x * step) * channels
          for (let i = 0; i < across; i++, from += channels) {
            const value = data[from + (channels === 1 ? 0 : channel)] as number
            sum += channels === 4 ? overGray(value, data[from + 3] as number) : value
          }
        }
        rgb[to++] = sum / (across * down) + 0.5
      }
    }
  }
  return { ...size, channels: 3, data: rgb, scale: step }
}

function layOverGray(rgba: Uint8Array): void {
  for (let i = 3; i < rgba.length; i += 4) {
    const alpha = rgba[i] as number
    if (alpha === 255) continue
    for (let channel = i - 3; channel < i; channel++) rgba[channel] = overGray(rgba[channel] as number, alpha) + 0.5
  }
}

function overGray(value: number, alpha: number): number {
  return (value * alpha + backdrop * (255 - alpha)) / 255
}
