import { imageCodec } from '#image-codec'
import { backdrop } from './codec.ts'
import type { Crop, DrawableImage, ImageLike } from './crop.ts'
import { inspectImageFile, invalid, maxPixels } from './image-file.ts'
import type { Pixels } from './pixels.ts'

/**
 * The pixels of whatever picture a caller has.
 *
 * @throws VisavisError `invalid_image` with what is wrong and what to pass instead.
 */
export async function toPixels(image: Crop): Promise<Pixels> {
  if (typeof image !== 'object' || image === null) {
    throw invalid(
      `The image is ${image === null ? 'null' : `a ${typeof image}`}; pass pixels, a picture file's bytes, or a Blob.`,
    )
  }
  if (image instanceof ArrayBuffer) return decode(new Uint8Array(image))
  if (image instanceof Uint8Array) return decode(image)
  if (image instanceof Blob) return decode(new Uint8Array(await image.arrayBuffer()))
  if ('data' in image) return fromImageLike(image)
  if (isDrawable(image)) return imageCodec.draw(image)
  throw invalid("The image is of no known kind; pass pixels, a picture file's bytes, or a Blob.")
}

async function decode(bytes: Uint8Array): Promise<Pixels> {
  inspectImageFile(bytes)
  return imageCodec.decode(bytes)
}

function isDrawable(image: object): image is DrawableImage {
  return ('width' in image && 'height' in image) || ('displayWidth' in image && 'displayHeight' in image)
}

function fromImageLike({ width, height, data }: ImageLike): Pixels {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw invalid(`The image is ${width}x${height} pixels; both sides must be whole numbers of at least 1.`)
  }
  if (width * height > maxPixels) {
    throw invalid(`The image has ${width}x${height} pixels, more than ${maxPixels / 1e6} megapixels; scale it down.`)
  }
  if (!(data instanceof Uint8Array || data instanceof Uint8ClampedArray)) {
    throw invalid("The image's data must be a Uint8Array or Uint8ClampedArray, 8 bits a channel; convert it.")
  }
  const channels = data.length / (width * height)
  if (channels === 1) {
    const rgb = new Uint8Array(data.length * 3)
    for (const [i, value] of data.entries()) rgb.fill(value, i * 3, i * 3 + 3)
    return { width, height, channels: 3, data: rgb }
  }
  if (channels === 3) return { width, height, channels, data }
  if (channels === 4) return { width, height, channels, data: opaque(data) }
  throw invalid(
    `The image's data has ${data.length} bytes; ${width}x${height} pixels need ${width * height * 3} (RGB) or ${width * height * 4} (RGBA).`,
  )
}

/** RGBA laid over gray where it is transparent; the same array where nothing is. */
function opaque(data: Uint8Array | Uint8ClampedArray): Uint8Array | Uint8ClampedArray {
  let result = data
  for (let i = 3; i < data.length; i += 4) {
    const alpha = data[i] as number
    if (alpha === 255) continue
    if (result === data) result = data.slice()
    for (let channel = i - 3; channel < i; channel++) {
      result[channel] = ((data[channel] as number) * alpha + backdrop * (255 - alpha)) / 255
    }
  }
  return result
}
