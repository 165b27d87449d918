import type { FaceLandmarks, Pixels } from '@visavis/core'
import sharp from 'sharp'

/** A bad condition that gallery and probe may share. */
export type Condition = 'mask' | 'sunglasses' | 'night' | 'jpeg5'

export const conditions: readonly Condition[] = ['mask', 'sunglasses', 'night', 'jpeg5']

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The picture of a face as it would be in a bad condition; `random` decides on color, cut, light and grain. */
export async function worsen(
  condition: Condition,
  picture: Pixels,
  landmarks: FaceLandmarks,
  random: () => number,
): Promise<Pixels> {
  switch (condition) {
    case 'mask':
      return drawMask(picture, landmarks, random)
    case 'sunglasses':
      return drawSunglasses(picture, landmarks, random)
    case 'night':
      return darken(picture, random)
    case 'jpeg5':
      return compress(picture)
  }
}

/** A place on the face: across in distances between the eyes, from their middle; down in distances from eyes to mouth. */
type Place = readonly [across: number, down: number]

/** From a pixel to its place on the face. */
function placeOn({ leftEye, rightEye, leftMouth, rightMouth }: FaceLandmarks): (x: number, y: number) => Place {
  const middle = [(leftEye[0] + rightEye[0]) / 2, (leftEye[1] + rightEye[1]) / 2] as const
  const across = [rightEye[0] - leftEye[0], rightEye[1] - leftEye[1]] as const
  const down = [(leftMouth[0] + rightMouth[0]) / 2 - middle[0], (leftMouth[1] + rightMouth[1]) / 2 - middle[1]] as const
  const area = across[0] * down[1] - across[1] * down[0]
  return (x, y) => {
    const [dx, dy] = [x - middle[0], y - middle[1]]
    return [(dx * down[1] - dy * down[0]) / area, (across[0] * dy - across[1] * dx) / area]
  }
}

/** Paints what `cover` gives for a place: a color and how much of it, 0 to 1. */
function paint(
  { width, height, channels, data }: Pixels,
  landmarks: FaceLandmarks,
  cover: (place: Place) => { color: readonly number[]; share: number } | null,
): Pixels {
  const painted = new Uint8ClampedArray(width * height * 3)
  const place = placeOn(landmarks)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const covered = cover(place(x + 0.5, y + 0.5))
      for (let channel = 0; channel < 3; channel++) {
        const value = data[(y * width + x) * channels + channel] as number
        const share = covered?.share ?? 0
        painted[at + channel] = value * (1 - share) + ((covered?.color[channel] ?? 0) as number) * share
      }
    }
  }
  return { width, height, channels: 3, data: painted }
}

const maskColors = [
  [150, 195, 220],
  [235, 238, 240],
  [40, 42, 46],
  [120, 150, 190],
  [200, 170, 180],
  [90, 110, 80],
] as const

function drawMask(picture: Pixels, landmarks: FaceLandmarks, random: () => number): Pixels {
  const base = maskColors[Math.floor(random() * maskColors.length)] as readonly number[]
  const top = 0.3 + random() * 0.2
  const folds = 6 + random() * 6
  const depth = 4 + random() * 10
  return paint(picture, landmarks, ([across, down]) => {
    // Over the nose in the middle, lower at the sides; round below the chin.
    const upper = top + 0.5 * across ** 2
    const half = 1.05 - Math.max(0, down - 1.1) ** 2 * 0.9
    if (down < upper || Math.abs(across) > half || down > 1.85 - 0.25 * across ** 2) return null
    const shade = depth * Math.sin(down * folds) - 30 * across ** 2
    return { color: base.map((value) => value + shade), share: 1 }
  })
}

function drawSunglasses(picture: Pixels, landmarks: FaceLandmarks, random: () => number): Pixels {
  const dark = 5 + random() * 40
  const tint = [1, 0.8 + random() * 0.2, 0.7 + random() * 0.3]
  const [wide, tall] = [0.36 + random() * 0.1, 0.24 + random() * 0.1]
  const square = random() < 0.5 ? 2 : 4
  const share = 0.9 + random() * 0.1
  return paint(picture, landmarks, ([across, down]) => {
    const lens = (Math.abs(Math.abs(across) - 0.5) / wide) ** square + (Math.abs(down - 0.04) / tall) ** square
    const isBridge = Math.abs(across) < 0.2 && Math.abs(down + 0.08) < 0.04
    const isTemple = Math.abs(across) > 0.8 && Math.abs(across) < 1.2 && Math.abs(down + 0.08) < 0.035
    if (lens > 1 && !isBridge && !isTemple) return null
    // Light from above glances off the upper part.
    const glance = lens > 1 ? 0 : Math.max(0, 30 * (0.04 - down))
    return { color: tint.map((part) => dark * part + glance), share }
  })
}

/** A camera at night: little light, and the sensor's noise brought up with it. */
function darken({ width, height, channels, data }: Pixels, random: () => number): Pixels {
  const light = 0.06 + random() * 0.1
  const gain = (0.35 + random() * 0.3) / light
  const read = 2 + random() * 1.5
  const noisy = new Uint8ClampedArray(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const signal = (data[i * channels + channel] as number) * light
      noisy[i * 3 + channel] = (signal + normal(random) * Math.hypot(read, 0.4 * Math.sqrt(signal))) * gain
    }
  }
  return { width, height, channels: 3, data: noisy }
}

/** Normally distributed (Box and Muller). */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

async function compress({ width, height, channels, data }: Pixels): Promise<Pixels> {
  const raw = sharp(new Uint8Array(data), { raw: { width, height, channels } }).removeAlpha()
  const jpeg = await raw.jpeg({ quality: 5 }).toBuffer()
  const decoded = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true })
  return { width, height, channels: 3, data: decoded.data }
}
