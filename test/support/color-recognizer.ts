import { VisavisError, type Crop, type Pixels, type Recognition, type Recognizer } from '@visavis/core'

/** Values a template has. */
export const dimensions = 128

/** A picture of somebody: one color all over, which JPEG keeps. `number` is 0 to 4095. */
export function pictureOf(number: number): Crop & Pixels {
  const color = [8, 4, 0].map((shift) => ((number >> shift) & 15) * 16 + 8)
  const data = Uint8Array.from({ length: 16 * 16 * 3 }, (_, i) => color[i % 3] as number)
  return { width: 16, height: 16, channels: 3, data }
}

/** A picture of nobody. */
export const emptyPicture: Crop & Pixels = { width: 16, height: 16, channels: 3, data: new Uint8Array(768) }

/** The template that a model makes of somebody: all different, none alike to another beyond chance. */
export function templateOf(number: number, model: string = 'colors'): Float32Array {
  let state = Array.from(model).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), number * 7919) >>> 0
  const values = Array.from({ length: dimensions }, () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    return state / 2 ** 31 - 1
  })
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

/** Tells people apart by the color of their picture, from the crop and from its thumbnail: no network is needed for it. */
export function colorRecognizer(id = 'colors'): Recognizer {
  const calibration = [
    [0, -1],
    [1, -9],
  ] as const
  return {
    model: { id, dimensions, calibration: { fast: calibration, accurate: calibration } },
    detect: async () => [],
    recognize: async (image) => recognition(templateOf(numberOf(image), id)),
    close: async () => {},
  }
}

function numberOf({ data, width, height, channels }: Pixels): number {
  const middle = (Math.floor(height / 2) * width + Math.floor(width / 2)) * channels
  const [red, green, blue] = [0, 1, 2].map((i) => (data[middle + i] as number) >> 4) as [number, number, number]
  if ((data[middle] as number) + (data[middle + 1] as number) + (data[middle + 2] as number) < 12) {
    throw new VisavisError('no_face', 'The picture shows no face; pass another one.')
  }
  return (red << 8) | (green << 4) | blue
}

function recognition(template: Float32Array): Recognition {
  const quality = { eyeDistance: 40, brightness: 128, contrast: 50, sharpness: 0.5, yaw: 0, visible: 1, reasons: [] }
  const point = [1, 1] as const
  const landmarks = { leftEye: point, rightEye: point, nose: point, leftMouth: point, rightMouth: point }
  const box = { left: 0, top: 0, right: 16, bottom: 16 }
  return { template, face: { box, landmarks, score: 1, quality }, milliseconds: { locate: 0, embed: 0 } }
}
