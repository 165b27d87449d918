import type { DrawableImage } from './crop.ts'
import type { Pixels } from './pixels.ts'

/** Decodes and encodes picture files with what the runtime has: sharp in Node, the platform's own in browsers. */
export interface ImageCodec {
  /**
   * An upright picture from a JPEG, PNG or WebP file that {@link inspectImageFile} let pass; transparent parts are
   * laid over gray.
   * @throws VisavisError `invalid_image`
   */
  decode(bytes: Uint8Array): Promise<Pixels>
  /** @throws VisavisError `invalid_image` where the runtime cannot draw it, or may not read it back. */
  draw(image: DrawableImage): Promise<Pixels>
  /** A baseline JPEG without metadata. */
  encodeJpeg(pixels: Pixels): Promise<Uint8Array<ArrayBuffer>>
}

/** What shows through transparent parts, 0..255. */
export const backdrop = 128

/** 0..100: a thumbnail is embedded again when the model changes, so it must keep what the network looks at. */
export const jpegQuality = 92
