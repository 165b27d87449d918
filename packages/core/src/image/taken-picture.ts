import { imageCodec } from '#image-codec'
import type { Crop, DrawableImage, ImageLike } from './crop.ts'
import { copyBuffer, copyBytes, isBuffer, viewKind } from './foreign-bytes.ts'
import { invalid } from './image-file.ts'
import type { ReadPicture } from './pixels.ts'
import { takePixels } from './taken-pixels.ts'

/** A picture that belongs to the call: later changes of the caller's own do not affect it. */
export type TakenPicture = ReadPicture | Uint8Array<ArrayBuffer> | Blob

/** How an input is read; told apart by what it is, not by its class, which every realm has its own of. */
export type PictureKind = 'bytes' | 'buffer' | 'blob' | 'pixels' | 'drawable'

/**
 * Takes a picture as it is now, before anything is awaited: bytes and pixels are copied, what a canvas can draw is
 * drawn, and a Blob cannot change. A crop of 120x120 pixels costs microseconds, ten megapixels some 10 ms and 30 to 40
 * MB until the call is answered.
 *
 * @throws VisavisError `invalid_image` where there is nothing to take
 */
export function takePicture(image: Crop): TakenPicture {
  switch (pictureKind(image)) {
    case 'bytes':
      return copyBytes(image as Uint8Array)
    case 'buffer':
      return copyBuffer(image as ArrayBuffer)
    case 'blob':
      return image as Blob
    case 'pixels':
      return takePixels(image as ImageLike)
    case 'drawable':
      return imageCodec.draw(image as DrawableImage)
  }
}

/** @throws VisavisError `invalid_image` where it is no picture of any kind */
export function pictureKind(image: unknown): PictureKind {
  if (typeof image !== 'object' || image === null) {
    const what = image === null ? 'null' : `a ${typeof image}`
    throw invalid(`The image is ${what}; pass pixels, a picture file's bytes, or a Blob.`)
  }
  if (ArrayBuffer.isView(image)) {
    const kind = viewKind(image)
    if (kind === 'Uint8Array' || kind === 'Uint8ClampedArray' || kind === 'DataView') return 'bytes'
    throw invalid(
      `The image is a ${kind}; pass a picture file's bytes as a Uint8Array, or pixels with width and height.`,
    )
  }
  if (isBuffer(image)) return 'buffer'
  if (isBlob(image)) return 'blob'
  if ('data' in image) return 'pixels'
  if (('width' in image && 'height' in image) || ('displayWidth' in image && 'displayHeight' in image))
    return 'drawable'
  throw invalid("The image is of no known kind; pass pixels, a picture file's bytes, or a Blob.")
}

/** Also of another realm. */
function isBlob(value: object): boolean {
  const tag = Object.prototype.toString.call(value)
  return (tag === '[object Blob]' || tag === '[object File]') && typeof (value as Blob).arrayBuffer === 'function'
}
