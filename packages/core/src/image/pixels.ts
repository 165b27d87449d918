/** An upright picture in memory: rows from the top, 8 bits a channel, sRGB, no padding between rows. */
export interface Pixels {
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  /** 3 for RGB, 4 for RGBA with an alpha that is ignored. */
  readonly channels: 3 | 4
  /** `width * height * channels` bytes. */
  readonly data: Uint8Array | Uint8ClampedArray
}

/** A rectangle in pixels of the picture it belongs to; it may reach over the picture's edge. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** A place in pixels: x to the right, y down. */
export type Point = readonly [x: number, y: number]

/** A picture as it was read: a very large one is scaled down on the way. */
export interface ReadPicture extends Pixels {
  /** Pixels of the caller's picture a pixel of this one covers, 1 or more. */
  readonly scale: number
}
