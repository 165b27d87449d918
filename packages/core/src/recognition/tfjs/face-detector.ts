import type { GraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import type { Mipmap } from '../../image/mipmap.ts'
import type { Point } from '../../image/pixels.ts'
import { warpInto } from '../../image/warp.ts'

/** What the detector sees where a face may be; places in pixels of the picture. */
export interface Find {
  /** The detector's own confidence, 0..1. */
  readonly score: number
  readonly centerX: number
  readonly centerY: number
  /** The longer side of the box from brows to chin. */
  readonly size: number
  readonly leftEye: Point
  readonly rightEye: Point
  readonly nose: Point
  /** The middle of the mouth. */
  readonly mouth: Point
}

/** What part of a picture the detector is shown: a rectangle around a centre, turned like a mesh region. */
export interface View {
  readonly centerX: number
  readonly centerY: number
  /** Pixels of the picture that one of the detector's spans. */
  readonly scale: number
  /** Radians, clockwise. */
  readonly rotation: number
  /** Sides in pixels of the detector; multiples of 32. */
  readonly width: number
  readonly height: number
}

/** The two layers that answer: pixels a cell, anchors a cell. */
const layers = [
  { name: '8', stride: 8, anchors: 2 },
  { name: '16', stride: 16, anchors: 6 },
] as const

/** An anchor's row: the centre and sides of the box, then six points, of which the ears are not used; pixels. */
const rowLength = 16

/** Boxes that share more of their union than this are one face. */
const sameFace = 0.3

/**
 * BlazeFace's short-range network on a view of any size. It was made for a square of 128 pixels, but it is convolutions
 * all through, and finds faces of about 16 to 100 pixels in a larger view as well: one run over a large view costs less
 * than half of what tiles of 128 cost, and has no edges that cut faces.
 */
export class FaceDetector {
  readonly #model: GraphModel

  constructor(model: GraphModel) {
    this.#model = model
  }

  /** The faces that a view shows, the surest first, those with a score of `least` and more. */
  find(picture: Mipmap, view: View, least: number): Find[] {
    const { width, height, scale } = view
    const a = Math.cos(view.rotation) * scale
    const b = Math.sin(view.rotation) * scale
    const tx = view.centerX - (a * width - b * height) / 2
    const ty = view.centerY - (b * width + a * height) / 2
    const frame = new Float32Array(width * height * 3)
    warpInto(frame, width, height, picture, { a, b, tx, ty }, { mean: [127.5, 127.5, 127.5], divisor: 127.5 })
    brighten(frame)
    const place = (x: number, y: number): Point => [a * x - b * y + tx, b * x + a * y + ty]
    const input = tf.tensor4d(frame, [1, height, width, 3])
    const outputs = this.#model.execute(
      input,
      layers.flatMap(({ name }) => [`classificator_${name}`, `regressor_${name}`]),
    ) as tf.Tensor[]
    const values = outputs.map((output) => output.dataSync<'float32'>())
    tf.dispose([input, ...outputs])
    // The score is the logistic function of the logit.
    const leastLogit = Math.log(least / (1 - least))
    const finds: Find[] = []
    for (const [i, { stride, anchors }] of layers.entries()) {
      const [logits, rows] = [values[i * 2], values[i * 2 + 1]] as [Float32Array, Float32Array]
      const columns = width / stride
      for (const [anchor, logit] of logits.entries()) {
        if (logit < leastLogit) continue
        const cell = Math.floor(anchor / anchors)
        const cellX = ((cell % columns) + 0.5) * stride
        const cellY = (Math.floor(cell / columns) + 0.5) * stride
        const at = (k: number): Point =>
          place((rows[anchor * rowLength + k] as number) + cellX, (rows[anchor * rowLength + k + 1] as number) + cellY)
        const [centerX, centerY] = at(0)
        const size = Math.max(rows[anchor * rowLength + 2] as number, rows[anchor * rowLength + 3] as number) * scale
        const score = 1 / (1 + Math.exp(-logit))
        const points = { leftEye: at(4), rightEye: at(6), nose: at(8), mouth: at(10) }
        if (size > 0) finds.push({ score, centerX, centerY, size, ...points })
      }
    }
    return merge(finds)
  }

  dispose(): void {
    this.#model.dispose()
  }
}

/** A view whose brightest value is below this, of -1..1, is brightened: in the dark the network sees nothing. */
const darkest = -0.6

/** Stretches a view that is dark all over to the whole range, so that a face can be found, and refused for its light. */
function brighten(frame: Float32Array): void {
  let brightest = -1
  for (const value of frame) if (value > brightest) brightest = value
  if (brightest >= darkest || brightest <= -1) return
  const gain = 2 / (brightest + 1)
  for (const [i, value] of frame.entries()) frame[i] = (value + 1) * gain - 1
}

/**
 * Non-maximum suppression with blending: of finds that lie on one face one is made, their mean weighted by score, which
 * is less jittery than the best of them. The surest first.
 */
export function merge(finds: readonly Find[]): Find[] {
  const left = finds.toSorted((a, b) => b.score - a.score)
  const merged: Find[] = []
  while (left.length > 0) {
    const best = left[0] as Find
    const same = left.filter((find) => overlap(best, find) > sameFace)
    // A box without area overlaps nothing, not even itself.
    const group = same.length > 0 ? same : [best]
    for (const find of group) left.splice(left.indexOf(find), 1)
    merged.push(blend(group, best.score))
  }
  return merged
}

function blend(finds: readonly Find[], score: number): Find {
  const weight = finds.reduce((sum, find) => sum + find.score, 0)
  const mean = (of: (find: Find) => number): number =>
    finds.reduce((sum, find) => sum + of(find) * find.score, 0) / weight
  const point = (of: (find: Find) => Point): Point => [mean((find) => of(find)[0]), mean((find) => of(find)[1])]
  return {
    score,
    centerX: mean(({ centerX }) => centerX),
    centerY: mean(({ centerY }) => centerY),
    size: mean(({ size }) => size),
    leftEye: point(({ leftEye }) => leftEye),
    rightEye: point(({ rightEye }) => rightEye),
    nose: point(({ nose }) => nose),
    mouth: point(({ mouth }) => mouth),
  }
}

/** Intersection over union of the squares around the two. */
function overlap(a: Find, b: Find): number {
  const along = (from: number, to: number): number =>
    Math.max(0, (a.size + b.size) / 2 - Math.max(Math.abs(from - to), Math.abs(a.size - b.size) / 2))
  const shared = along(a.centerX, b.centerX) * along(a.centerY, b.centerY)
  return shared / (a.size ** 2 + b.size ** 2 - shared)
}
