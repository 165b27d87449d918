/** Pixels in memory as an app has them: an ImageData, or rows of RGB or RGBA bytes. */
export interface ImageLike {
  readonly width: number
  readonly height: number
  /** `width * height` times 3 (RGB) or 4 (RGBA) bytes, rows from the top. */
  readonly data: Uint8Array | Uint8ClampedArray
}

/** What a 2-D canvas can draw, in browsers: ImageBitmap, canvas, OffscreenCanvas, img, video, VideoFrame. */
export type DrawableImage =
  | { readonly width: number; readonly height: number }
  | { readonly displayWidth: number; readonly displayHeight: number }

/**
 * A picture of one face, up to 120x120 pixels; larger ones are accepted, and their most central, largest face is
 * taken. Pixels, or a JPEG, PNG or WebP file as bytes or Blob, or in browsers anything that a canvas can draw.
 * EXIF orientation is respected; of an animation the first picture is used.
 */
export type Crop = ImageLike | Uint8Array | ArrayBuffer | Blob | DrawableImage
