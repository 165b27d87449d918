import { foreignFormat } from './foreign-format.ts'
import { checkSize, invalid, type ImageFile, type ImageFileInfo } from './image-file.ts'
import { readJpeg } from './jpeg-file.ts'
import { readPng } from './png-file.ts'
import { readWebp } from './webp-file.ts'

/** The most pixels where decoders hold the whole picture: progressive JPEG, interlaced PNG, WebP. Some 500 MB at most. */
const maxWholePixels = 64_000_000

/** Bytes. A PNG of the most pixels takes that much if it does not compress at all. */
const maxFileSize = 400_000_000

/**
 * Reads what kind of file this is and how large its picture would be, without decoding it: decoders are lenient with
 * files that are cut off, and some allocate before they check.
 *
 * @throws VisavisError `invalid_image` where the bytes are no JPEG, PNG or WebP, are cut off, or hold too many pixels.
 */
export function inspectImageFile(bytes: Uint8Array): ImageFileInfo {
  const { format, width, height } = openImageFile(bytes)
  return { format, width, height }
}

/** {@link inspectImageFile}, with what a decoder is to be given. */
export function openImageFile(bytes: Uint8Array): ImageFile {
  if (bytes.byteLength === 0) {
    throw invalid('The image is empty, or its buffer was moved to another thread; pass the bytes of a picture file.')
  }
  if (bytes.byteLength > maxFileSize)
    throw invalid(`The image file is larger than ${maxFileSize / 1e6} MB; scale it down.`)
  const file = readJpeg(bytes) ?? readPng(bytes) ?? readWebp(bytes)
  if (file === null) {
    throw invalid(foreignFormat(bytes) ?? 'The image is neither JPEG, PNG nor WebP; convert it to one of them.')
  }
  checkSize(file, file.isWhole ? maxWholePixels : undefined)
  return file
}
