import type { Box, Pixels } from './pixels.ts'

/**
 * A picture and its halves, each made when it is first needed: what looks at one picture many times, closely and from
 * afar, halves it once. The picture must not change while this is in use.
 */
export class Mipmap {
  readonly #levels: Pixels[]

  constructor(pixels: Pixels) {
    this.#levels = [pixels]
  }

  /** The picture itself. */
  get pixels(): Pixels {
    return this.#levels[0] as Pixels
  }

  /**
   * The picture for a view that takes every `scale`-th of its pixels: halved until that is less than every second, so
   * that nothing aliases.
   *
   * @returns also how often it was halved.
   */
  for(scale: number): { pixels: Pixels; halvings: number } {
    let halvings = 0
    let pixels = this.pixels
    while (scale / 2 ** halvings >= 2 && pixels.width > 1 && pixels.height > 1) {
      halvings++
      pixels = this.#levels[halvings] ??= halve(pixels)
    }
    return { pixels, halvings }
  }
}

/** A part of a picture at half its size, each pixel the mean of four; an odd last row or column is dropped. */
export function halve(
  source: Pixels,
  { left, top, right, bottom }: Box = { left: 0, top: 0, right: source.width, bottom: source.height },
): Pixels {
  const width = Math.max(0, right - left) >> 1
  const height = Math.max(0, bottom - top) >> 1
  const { channels, data } = source
  const stride = source.width * channels
  const half = new Uint8Array(width * height * 3)
  let at = 0
  for (let y = 0; y < height; y++) {
    let i = (top + 2 * y) * stride + left * channels
    for (let x = 0; x < width; x++, i += 2 * channels) {
      for (let channel = 0; channel < 3; channel++) {
        const j = i + channel
        half[at++] =
          ((data[j] as number) +
            (data[j + channels] as number) +
            (data[j + stride] as number) +
            (data[j + stride + channels] as number) +
            2) >>
          2
      }
    }
  }
  return { width, height, channels: 3, data: half }
}
