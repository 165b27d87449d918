import { VisavisError } from '../errors.ts'
import { backdrop, jpegQuality, type ImageCodec } from './codec.ts'
import type { DrawableImage } from './crop.ts'
import { checkSize, invalid } from './image-file.ts'
import type { Pixels, ReadPicture } from './pixels.ts'
import { readSize } from './read-size.ts'

export const imageCodec: ImageCodec = {
  async decode({ bytes }) {
    let bitmap: ImageBitmap
    try {
      bitmap = await createImageBitmap(new Blob([bytes]), {
        imageOrientation: 'from-image',
        premultiplyAlpha: 'default',
      })
    } catch (cause) {
      throw invalid('The image file is damaged and could not be decoded; use another copy.', cause)
    }
    try {
      return read(bitmap, bitmap.width, bitmap.height)
    } finally {
      bitmap.close()
    }
  },

  draw(image) {
    const [width, height] = sizeOf(image)
    if (!(width > 0) || !(height > 0)) {
      throw invalid(
        'The image has no pixels: it is not loaded yet, does not play yet, or was closed; pass one that shows.',
      )
    }
    checkSize({ width, height })
    return read(image, width, height)
  },

  async encodeJpeg(pixels) {
    const { canvas, context } = createCanvas(pixels.width, pixels.height)
    context.putImageData(new ImageData(toRgba(pixels), pixels.width, pixels.height), 0, 0)
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: jpegQuality / 100 })
    return new Uint8Array(await blob.arrayBuffer())
  },
}

function read(image: DrawableImage, width: number, height: number): ReadPicture {
  const size = readSize(width, height)
  const { context } = createCanvas(size.width, size.height)
  context.fillStyle = `rgb(${backdrop} ${backdrop} ${backdrop})`
  context.fillRect(0, 0, size.width, size.height)
  context.imageSmoothingQuality = 'high'
  try {
    context.drawImage(image as CanvasImageSource, 0, 0, size.width, size.height)
    const { data } = context.getImageData(0, 0, size.width, size.height)
    return { ...size, channels: 4, data, scale: Math.max(width, height) / Math.max(size.width, size.height) }
  } catch (cause) {
    throw invalid(
      'The image could not be read; pass something a canvas can draw, loaded from this origin or with CORS allowed.',
      cause,
    )
  }
}

function createCanvas(
  width: number,
  height: number,
): { canvas: OffscreenCanvas; context: OffscreenCanvasRenderingContext2D } {
  // Some browsers have none, or none in workers.
  const canvas = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(width, height) : undefined
  const context = canvas?.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' })
  if (canvas === undefined || context === null || context === undefined) {
    throw new VisavisError('runtime_unsupported', 'This runtime has no 2-D canvas to read images with; pass pixels.')
  }
  return { canvas, context }
}

/** `naturalWidth` of img, `videoWidth` of video, `displayWidth` of VideoFrame, otherwise `width`. */
function sizeOf(image: DrawableImage): [width: number, height: number] {
  const sizes = image as Partial<Record<string, number>>
  const side = (name: 'Width' | 'Height'): number =>
    sizes[`natural${name}`] ?? sizes[`video${name}`] ?? sizes[`display${name}`] ?? sizes[name.toLowerCase()] ?? 0
  return [side('Width'), side('Height')]
}

function toRgba({ width, height, channels, data }: Pixels): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(width * height * 4)
  for (let i = 0, from = 0; i < rgba.length; i += 4, from += channels) {
    rgba[i] = data[from] as number
    rgba[i + 1] = data[from + 1] as number
    rgba[i + 2] = data[from + 2] as number
    rgba[i + 3] = 255
  }
  return rgba
}
