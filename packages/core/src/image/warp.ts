import { halve, Mipmap } from './mipmap.ts'
import type { Box, Pixels } from './pixels.ts'
import { scaleOf, type SimilarityTransform } from './similarity-transform.ts'

/** What a network wants its input pixels to be. */
export interface Normalization {
  /** Subtracted from each channel, in the order of the channels written; 0..255. */
  readonly mean: readonly [number, number, number]
  /** What remains is divided by this. */
  readonly divisor: number
  /** @default 'rgb' */
  readonly channelOrder?: 'rgb' | 'bgr'
}

/** Pixels as they are. */
const unchanged: Normalization = { mean: [0, 0, 0], divisor: 1 }

/**
 * Samples a picture along a similarity transform with bilinear interpolation, and normalizes as it goes.
 *
 * `toSource` takes the centre of a target pixel to its place in the picture, both in the convention that the pixel
 * (0, 0) has its centre at (0.5, 0.5). Places outside the picture are black. Where a target pixel spans two or more
 * of the picture's, the picture is first halved as often as needed, so that nothing aliases; a {@link Mipmap} keeps the
 * halves for the next call.
 *
 * @param target `width * height * 3` values, written row by row, interleaved.
 * @param mirror writes each row from right to left.
 */
export function warpInto(
  target: Float32Array | Uint8ClampedArray,
  width: number,
  height: number,
  source: Pixels | Mipmap,
  toSource: SimilarityTransform,
  normalization: Normalization = unchanged,
  mirror = false,
): void {
  if (source instanceof Mipmap) {
    const { pixels, halvings } = source.for(scaleOf(toSource))
    sample(target, width, height, pixels, scaled(toSource, 1 / 2 ** halvings), normalization, mirror)
    return
  }
  let pixels = source
  let transform = toSource
  const halvings = halvingsFor(source, toSource)
  if (halvings > 0) {
    // Of a large picture a face is a small part, and only what is sampled need be halved.
    const part = sampledPart(source, width, height, toSource, 2 ** halvings)
    transform = { ...transform, tx: transform.tx - part.left, ty: transform.ty - part.top }
    for (let i = 0; i < halvings; i++) pixels = halve(pixels, i === 0 ? part : undefined)
    transform = scaled(transform, 1 / 2 ** halvings)
  }
  sample(target, width, height, pixels, transform, normalization, mirror)
}

function sample(
  target: Float32Array | Uint8ClampedArray,
  width: number,
  height: number,
  source: Pixels,
  { a, b, tx, ty }: SimilarityTransform,
  { mean, divisor, channelOrder }: Normalization,
  mirror: boolean,
): void {
  const { data, channels } = source
  const sourceWidth = source.width
  const sourceHeight = source.height
  const stride = sourceWidth * channels
  const gain = 1 / divisor
  const bgr = channelOrder === 'bgr'
  const first = bgr ? 2 : 0
  const last = bgr ? 0 : 2
  const bias0 = -(mean[0] as number) * gain
  const bias1 = -(mean[1] as number) * gain
  const bias2 = -(mean[2] as number) * gain
  const step = mirror ? -3 : 3
  for (let row = 0; row < height; row++) {
    // The source places of the centres of this row's pixels, half a pixel back: indices of sample points.
    let x = a * 0.5 - b * (row + 0.5) + tx - 0.5
    let y = b * 0.5 + a * (row + 0.5) + ty - 0.5
    let at = (row * width + (mirror ? width - 1 : 0)) * 3
    for (let column = 0; column < width; column++, x += a, y += b, at += step) {
      const left = Math.floor(x)
      const top = Math.floor(y)
      const fx = x - left
      const fy = y - top
      if (left >= 0 && top >= 0 && left < sourceWidth - 1 && top < sourceHeight - 1) {
        const i = top * stride + left * channels
        const j = i + stride
        const w00 = (1 - fx) * (1 - fy)
        const w10 = fx * (1 - fy)
        const w01 = (1 - fx) * fy
        const w11 = fx * fy
        target[at + first] =
          ((data[i] as number) * w00 +
            (data[i + channels] as number) * w10 +
            (data[j] as number) * w01 +
            (data[j + channels] as number) * w11) *
            gain +
          (bgr ? bias2 : bias0)
        target[at + 1] =
          ((data[i + 1] as number) * w00 +
            (data[i + channels + 1] as number) * w10 +
            (data[j + 1] as number) * w01 +
            (data[j + channels + 1] as number) * w11) *
            gain +
          bias1
        target[at + last] =
          ((data[i + 2] as number) * w00 +
            (data[i + channels + 2] as number) * w10 +
            (data[j + 2] as number) * w01 +
            (data[j + channels + 2] as number) * w11) *
            gain +
          (bgr ? bias0 : bias2)
      } else {
        for (let channel = 0; channel < 3; channel++) {
          const value =
            edge(source, left, top, channel) * (1 - fx) * (1 - fy) +
            edge(source, left + 1, top, channel) * fx * (1 - fy) +
            edge(source, left, top + 1, channel) * (1 - fx) * fy +
            edge(source, left + 1, top + 1, channel) * fx * fy
          const to = bgr ? 2 - channel : channel
          target[at + to] = value * gain - (mean[to] as number) * gain
        }
      }
    }
  }
}

function edge(source: Pixels, x: number, y: number, channel: number): number {
  if (x < 0 || y < 0 || x >= source.width || y >= source.height) return 0
  return source.data[(y * source.width + x) * source.channels + channel] as number
}

/** How often a picture is halved before it is sampled. */
function halvingsFor({ width, height }: Pixels, toSource: SimilarityTransform): number {
  let halvings = 0
  while (scaleOf(toSource) >= 2 ** (halvings + 1) && Math.min(width, height) >> halvings > 1) halvings++
  return halvings
}

/** The part of a picture that is looked at, with sides at multiples of `grid` or at the picture's own. */
function sampledPart(
  source: Pixels,
  width: number,
  height: number,
  { a, b, tx, ty }: SimilarityTransform,
  grid: number,
): Box {
  const [left, right] = [
    tx + Math.min(0, a * width) + Math.min(0, -b * height),
    tx + Math.max(0, a * width) + Math.max(0, -b * height),
  ]
  const [top, bottom] = [
    ty + Math.min(0, b * width) + Math.min(0, a * height),
    ty + Math.max(0, b * width) + Math.max(0, a * height),
  ]
  const from = (place: number, side: number): number => Math.max(0, Math.min(side, Math.floor(place / grid - 2) * grid))
  const to = (place: number, side: number): number => Math.max(0, Math.min(side, Math.ceil(place / grid + 2) * grid))
  return {
    left: Math.floor(from(left, source.width) / grid) * grid,
    top: Math.floor(from(top, source.height) / grid) * grid,
    right: to(right, source.width),
    bottom: to(bottom, source.height),
  }
}

function scaled({ a, b, tx, ty }: SimilarityTransform, by: number): SimilarityTransform {
  return { a: a * by, b: b * by, tx: tx * by, ty: ty * by }
}
