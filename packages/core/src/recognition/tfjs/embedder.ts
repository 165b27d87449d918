import type { GraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import type { EmbeddingNetwork } from '@visavis/models'
import { VisavisError } from '../../errors.ts'
import type { Pixels, Point } from '../../image/pixels.ts'
import { fitSimilarity, invert } from '../../image/similarity-transform.ts'
import { warpInto } from '../../image/warp.ts'
import { landmarkAt } from './face-mesh.ts'

/** Aligns a face to the template that an embedding network was trained on, and runs the network. */
export class Embedder {
  readonly #model: GraphModel
  readonly #manifest: EmbeddingNetwork
  readonly #chip: Float32Array
  readonly #places: readonly Point[]

  constructor(model: GraphModel, manifest: EmbeddingNetwork) {
    this.#model = model
    this.#manifest = manifest
    this.#chip = new Float32Array(manifest.input.width * manifest.input.height * 3)
    this.#places = manifest.template.map(({ x, y }) => [x, y])
  }

  get dimensions(): number {
    return this.#manifest.dimensions
  }

  /**
   * Writes the unit vector of the face that the landmarks lie on.
   *
   * @param target As many values as the network has dimensions.
   * @param mirrored averages the vector with that of the face's mirror image, before it is scaled to length one.
   * @returns the length of the network's vector before it was scaled, the mean of the views'.
   * @throws VisavisError `no_face` where the landmarks fall on one point, `dimension_mismatch` where the network's
   * output is not what its manifest says.
   */
  embed(target: Float32Array, pixels: Pixels, landmarks: Float32Array, mirrored: boolean): number {
    const transform = fitSimilarity(
      this.#manifest.template.map((point) => meanLandmark(landmarks, point.landmarks)),
      this.#places,
    )
    if (transform === null) {
      throw new VisavisError(
        'no_face',
        'The landmarks of the face fall on one point; use a larger picture of the face.',
      )
    }
    const toSource = invert(transform)
    const { width, height } = this.#manifest.input
    const views = mirrored ? [false, true] : [false]
    let magnitude = 0
    target.fill(0)
    for (const mirror of views) {
      warpInto(this.#chip, width, height, pixels, toSource, this.#manifest.normalization, mirror)
      const output = this.#run()
      const norm = lengthOf(output)
      magnitude += norm / views.length
      for (const [i, value] of output.entries()) target[i] = (target[i] as number) + value / norm
    }
    const length = lengthOf(target)
    if (!(length > 0) || !Number.isFinite(length)) {
      throw new VisavisError('no_face', 'The network gave no usable vector for this picture; use another one.')
    }
    for (const [i, value] of target.entries()) target[i] = value / length
    return magnitude
  }

  dispose(): void {
    this.#model.dispose()
  }

  #run(): Float32Array {
    const { width, height } = this.#manifest.input
    const input = tf.tensor4d(this.#chip, [1, height, width, 3])
    const output = this.#model.execute(input)
    try {
      const tensor = Array.isArray(output) ? output[0] : (output as tf.Tensor)
      if (tensor === undefined || tensor.size !== this.#manifest.dimensions) {
        throw new VisavisError(
          'dimension_mismatch',
          `The network ${this.#manifest.id} gives ${tensor?.size ?? 0} values where its manifest promises ${this.#manifest.dimensions}; correct the manifest.`,
        )
      }
      return tensor.dataSync<'float32'>()
    } finally {
      tf.dispose([input, output as tf.Tensor])
    }
  }
}

function lengthOf(vector: Float32Array): number {
  let squares = 0
  for (const value of vector) squares += value * value
  return Math.sqrt(squares)
}

function meanLandmark(landmarks: Float32Array, indices: readonly number[]): Point {
  let x = 0
  let y = 0
  for (const index of indices) {
    const [pointX, pointY] = landmarkAt(landmarks, index)
    x += pointX / indices.length
    y += pointY / indices.length
  }
  return [x, y]
}
