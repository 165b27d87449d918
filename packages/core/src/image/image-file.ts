import { VisavisError } from '../errors.ts'

export interface ImageFileInfo {
  readonly format: 'jpeg' | 'png' | 'webp'
  /** As stored, before EXIF orientation turns it; pixels. */
  readonly width: number
  readonly height: number
}

/** A picture file as decoders are given it. */
export interface ImageFile extends ImageFileInfo {
  /** The one picture that is meant, mended where every viewer overlooks what is wrong: see `readJpeg`. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Whether the file says where its picture ends. Where it does not, the picture could be cut off. */
  readonly isEnded: boolean
  /** Whether decoders need all of the picture in memory at once, and cannot scale it down row by row. */
  readonly isWhole: boolean
}

/** The most pixels a picture may have: a little more than a 108-megapixel camera takes. */
const maxPixels = 120_000_000

/** The most pixels a side, and a side over the other: decoders take long for each row, however short it is. */
const maxSide = 32_768
const maxAspect = 100
const longestStrip = 2000

/** @throws VisavisError `invalid_image` */
export function checkSize({ width, height }: { width: number; height: number }, most: number = maxPixels): void {
  if (width === 0 || height === 0) throw invalid('The image has no pixels; use another file.')
  if (width * height > most) {
    throw invalid(`The image has ${width}x${height} pixels, more than ${most / 1e6} megapixels; scale it down.`)
  }
  const [shorter, longer] = width < height ? [width, height] : [height, width]
  if (longer > maxSide || (longer > longestStrip && longer > shorter * maxAspect)) {
    throw invalid(
      `The image has ${width}x${height} pixels; at most ${maxSide} a side and ${maxAspect} to 1 are taken: crop it to the face.`,
    )
  }
}

export function invalid(message: string, cause?: unknown): VisavisError {
  return new VisavisError('invalid_image', message, cause === undefined ? {} : { cause })
}

export function cutOff(): VisavisError {
  return invalid('The image file is cut off; transfer it again.')
}
