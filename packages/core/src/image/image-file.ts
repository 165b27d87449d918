import { VisavisError } from '../errors.ts'

export interface ImageFileInfo {
  readonly format: 'jpeg' | 'png' | 'webp'
  /** As stored, before EXIF orientation turns it; pixels. */
  readonly width: number
  readonly height: number
}

/** The most a picture may have: what a 40-megapixel camera takes. */
export const maxPixels = 40_000_000

/**
 * Reads what kind of file this is and how large its picture would be, without decoding it: decoders are lenient with
 * files that are cut off, and some allocate before they check.
 *
 * @throws VisavisError `invalid_image` where the bytes are no JPEG, PNG or WebP, are cut off, or hold too many pixels.
 */
export function inspectImageFile(bytes: Uint8Array): ImageFileInfo {
  if (bytes.byteLength === 0) throw invalid('The image is empty; pass the bytes of a JPEG, PNG or WebP file.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const info = readJpeg(bytes, view) ?? readPng(view) ?? readWebp(view)
  if (info === null) {
    throw invalid('The image is neither JPEG, PNG nor WebP; convert it to one of them.')
  }
  if (info.width === 0 || info.height === 0) throw invalid('The image has no pixels; use another file.')
  if (info.width * info.height > maxPixels) {
    throw invalid(
      `The image has ${info.width}x${info.height} pixels, more than ${maxPixels / 1e6} megapixels; scale it down.`,
    )
  }
  return info
}

export function invalid(message: string, cause?: unknown): VisavisError {
  return new VisavisError('invalid_image', message, cause === undefined ? {} : { cause })
}

const cutOff = 'The image file is cut off; transfer it again.'

function readJpeg(bytes: Uint8Array, view: DataView): ImageFileInfo | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null
  let at = 2
  let size: ImageFileInfo | null = null
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw invalid('The JPEG file is damaged; use another copy.')
    const marker = bytes[at + 1] as number
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker >= 0xd0 && marker <= 0xd8) {
      at += 2
      continue
    }
    const length = view.getUint16(at + 2)
    // Start of frame, in any coding; not the Huffman, arithmetic-coding and extension segments between them.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      if (at + 9 > bytes.length) throw invalid(cutOff)
      size = { format: 'jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    }
    if (marker === 0xda) {
      if (size === null) throw invalid('The JPEG file is damaged; use another copy.')
      if (!hasEndOfImage(bytes, at)) throw invalid(cutOff)
      return size
    }
    at += 2 + length
  }
  throw invalid(cutOff)
}

/** Searched from the end, where it stands unless an app or a phone appended something. */
function hasEndOfImage(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.length - 2; at > from; at--) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true
  }
  return false
}

function readPng(view: DataView): ImageFileInfo | null {
  if (view.byteLength < 8 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return null
  if (view.byteLength < 24) throw invalid(cutOff)
  for (let at = 8; at + 12 <= view.byteLength; at += 12 + view.getUint32(at)) {
    if (view.getUint32(at + 4) === 0x49454e44) {
      return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) }
    }
  }
  throw invalid(cutOff)
}

function readWebp(view: DataView): ImageFileInfo | null {
  if (view.byteLength < 12 || view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57454250) return null
  if (view.byteLength < 30 || view.getUint32(4, true) + 8 > view.byteLength) throw invalid(cutOff)
  const format = 'webp'
  switch (view.getUint32(12)) {
    case 0x56503820: // 'VP8 '
      return { format, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case 0x5650384c: {
      // 'VP8L'
      const bits = view.getUint32(21, true)
      return { format, width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 }
    }
    case 0x56503858: // 'VP8X'
      return {
        format,
        width: (view.getUint32(24, true) & 0xffffff) + 1,
        height: (view.getUint32(26, true) >>> 8) + 1,
      }
    default:
      throw invalid('The WebP file is damaged; use another copy.')
  }
}
