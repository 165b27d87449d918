import { backdrop, jpegQuality, type ImageCodec } from './codec.ts'
import type { DrawableImage } from './crop.ts'
import { invalid, maxPixels } from './image-file.ts'
import type { Pixels } from './pixels.ts'

export const imageCodec: ImageCodec = {
  async decode(bytes) {
    let bitmap: ImageBitmap
    try {
      bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]), {
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

  async draw(image) {
    const [width, height] = sizeOf(image)
    if (!(width > 0) || !(height > 0)) {
      throw invalid('The image has no pixels yet; wait until it is loaded or the video plays.')
    }
    if (width * height > maxPixels) {
      throw invalid(`The image has ${width}x${height} pixels, more than ${maxPixels / 1e6} megapixels; scale it down.`)
    }
    return read(image, width, height)
  },

  async encodeJpeg(pixels) {
    const { canvas, context } = createCanvas(pixels.width, pixels.height)
    context.putImageData(new ImageData(toRgba(pixels), pixels.width, pixels.height), 0, 0)
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: jpegQuality / 100 })
    return new Uint8Array(await blob.arrayBuffer())
  },
}

function read(image: DrawableImage, width: number, height: number): Pixels {
  const { context } = createCanvas(width, height)
  context.fillStyle = `rgb(${backdrop} ${backdrop} ${backdrop})`
  context.fillRect(0, 0, width, height)
  try {
    context.drawImage(image as CanvasImageSource, 0, 0, width, height)
    return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data }
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
  const canvas = new OffscreenCanvas(width, height)
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' })
  if (context === null) throw invalid('This runtime has no 2-D canvas to read images with; pass pixels.')
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
