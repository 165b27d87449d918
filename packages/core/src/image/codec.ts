import type { DrawableImage } from './crop.ts'
import type { ImageFile } from './image-file.ts'
import type { Pixels, ReadPicture } from './pixels.ts'

/** Decodes and encodes picture files with what the runtime has: sharp in Node, the platform's own in browsers. */
export interface ImageCodec {
  /**
   * An upright picture of at most `mostReadPixels` from a file; transparent parts are laid over gray.
   * @throws VisavisError `invalid_image`, `runtime_unsupported`
   */
  decode(file: ImageFile): Promise<ReadPicture>
  /**
   * What the image shows now.
   * @throws VisavisError `invalid_image` where the runtime cannot draw it, or may not read it back.
   */
  draw(image: DrawableImage): ReadPicture
  /** A baseline JPEG without metadata. */
  encodeJpeg(pixels: Pixels): Promise<Uint8Array<ArrayBuffer>>
}

/** What shows through transparent parts, 0..255. */
export const backdrop = 128

/** 0..100: a thumbnail is embedded again when the model changes, so it must keep what the network looks at. */
export const jpegQuality = 92
