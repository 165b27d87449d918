import type { GraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import type { EmbedderManifest } from '@visavis/models'
import { VisavisError } from '../../errors.ts'
import type { Pixels, Point } from '../../image/pixels.ts'
import { fitSimilarity, invert } from '../../image/similarity-transform.ts'
import { warpInto } from '../../image/warp.ts'
import { landmarkAt } from './face-mesh.ts'

/** Aligns a face to the template that an embedding network was trained on, and runs the network. */
export class Embedder {
  readonly #model: GraphModel
  readonly #manifest: EmbedderManifest
  readonly #chip: Float32Array
  readonly #places: readonly Point[]

  constructor(model: GraphModel, manifest: EmbedderManifest) {
    this.#model = model
    this.#manifest = manifest
    this.#chip = new Float32Array(manifest.input.width * manifest.input.height * 3)
    this.#places = manifest.template.map(({ x, y }) => [x, y])
  }

  /**
   * The unit vector of the face that the landmarks lie on.
   *
   * @param mirrored averages the vector with that of the face's mirror image, before it is scaled to length one.
   * @throws VisavisError `no_face` where the landmarks fall on one point, `dimension_mismatch` where the network's
   * output is not what its manifest says.
   */
  embed(pixels: Pixels, landmarks: Float32Array, mirrored: boolean): Float32Array {
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
    const vector = new Float32Array(this.#manifest.dimensions)
    for (const mirror of mirrored ? [false, true] : [false]) {
      warpInto(this.#chip, width, height, pixels, toSource, this.#manifest.normalization, mirror)
      const output = this.#run()
      const gain = 1 / Math.hypot(...output)
      for (const [i, value] of output.entries()) vector[i] = (vector[i] as number) + value * gain
    }
    const length = Math.hypot(...vector)
    if (!(length > 0) || !Number.isFinite(length)) {
      throw new VisavisError('no_face', 'The network gave no usable vector for this picture; use another one.')
    }
    return vector.map((value) => value / length)
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
