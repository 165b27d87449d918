import type { GraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import type { Mipmap } from '../../image/mipmap.ts'
import { warpInto } from '../../image/warp.ts'

/** A square of the picture, turned by `rotation` radians (clockwise, as y points down), that should hold one face. */
export interface Region {
  readonly centerX: number
  readonly centerY: number
  /** The side, pixels. */
  readonly size: number
  readonly rotation: number
}

export interface MeshReading {
  /**
   * How sure the network is that the region shows a face, as log-odds. Its probability is 1.000 wherever there is
   * anything like a face; the log-odds still tell a face that lies right in the region (20 and more) from one that lies
   * beside it (mostly below 10), to which the landmarks are then not fitted.
   */
  readonly logit: number
  /** 468 points as x, y in pixels of the picture, in MediaPipe's order. */
  readonly landmarks: Float32Array
}

export const landmarkCount = 468

const inputSize = 192

/** How much larger than the box around the landmarks a region is, as the mesh network was trained. */
const regionOverBox = 1.5

/** Outer corners of the eyes on the left and on the right of an upright picture. */
const leftEyeOuter = 33
const rightEyeOuter = 263

/** The face mesh network: 468 landmarks of the one face in a region. */
export class FaceMesh {
  readonly #model: GraphModel
  readonly #input: Float32Array = new Float32Array(inputSize * inputSize * 3)

  constructor(model: GraphModel) {
    this.#model = model
  }

  read(picture: Mipmap, region: Region): MeshReading {
    const scale = region.size / inputSize
    const a = Math.cos(region.rotation) * scale
    const b = Math.sin(region.rotation) * scale
    const half = inputSize / 2
    const tx = region.centerX - a * half + b * half
    const ty = region.centerY - b * half - a * half
    warpInto(this.#input, inputSize, inputSize, picture, { a, b, tx, ty }, { mean: [0, 0, 0], divisor: 255 })
    const input = tf.tensor4d(this.#input, [1, inputSize, inputSize, 3])
    const outputs = this.#model.execute(input, ['faceflag_logit', 'output_mesh']) as tf.Tensor[]
    const [flag, mesh] = outputs.map((output) => output.dataSync<'float32'>()) as [Float32Array, Float32Array]
    const logit = flag[0] as number
    const landmarks = new Float32Array(landmarkCount * 2)
    for (let i = 0; i < landmarkCount; i++) {
      const x = mesh[i * 3] as number
      const y = mesh[i * 3 + 1] as number
      landmarks[i * 2] = a * x - b * y + tx
      landmarks[i * 2 + 1] = b * x + a * y + ty
    }
    tf.dispose([input, ...outputs])
    return { logit, landmarks }
  }

  dispose(): void {
    this.#model.dispose()
  }
}

/** The region in which the mesh would be read best, given a first reading of the same face. */
export function regionAround(landmarks: Float32Array): Region {
  const [leftX, leftY] = landmarkAt(landmarks, leftEyeOuter)
  const [rightX, rightY] = landmarkAt(landmarks, rightEyeOuter)
  const rotation = Math.atan2(rightY - leftY, rightX - leftX)
  const box = boundingBox(landmarks)
  return {
    centerX: (box.left + box.right) / 2,
    centerY: (box.top + box.bottom) / 2,
    size: Math.max(box.right - box.left, box.bottom - box.top) * regionOverBox,
    rotation,
  }
}

/** The upright box around all landmarks, pixels. */
export function boundingBox(landmarks: Float32Array): { left: number; top: number; right: number; bottom: number } {
  let left = Number.POSITIVE_INFINITY
  let top = Number.POSITIVE_INFINITY
  let right = Number.NEGATIVE_INFINITY
  let bottom = Number.NEGATIVE_INFINITY
  for (let i = 0; i < landmarks.length; i += 2) {
    const x = landmarks[i] as number
    const y = landmarks[i + 1] as number
    if (x < left) left = x
    if (x > right) right = x
    if (y < top) top = y
    if (y > bottom) bottom = y
  }
  return { left, top, right, bottom }
}

export function landmarkAt(landmarks: Float32Array, index: number): [x: number, y: number] {
  return [landmarks[index * 2] as number, landmarks[index * 2 + 1] as number]
}
