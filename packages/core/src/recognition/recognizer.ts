import type { CalibrationTable } from '@visavis/models'
import type { Box, Pixels, Point } from '../image/pixels.ts'
import type { QualityReason } from '../errors.ts'
import type { SearchMode } from '../searcher.ts'

/** The five points that face engines agree on, pixels of the picture; left and right as seen in the picture. */
export interface FaceLandmarks {
  readonly leftEye: Point
  readonly rightEye: Point
  readonly nose: Point
  readonly leftMouth: Point
  readonly rightMouth: Point
}

/** What a picture's quality was measured to be at one face. */
export interface FaceQuality {
  /** Between the centres of the eyes, pixels. */
  readonly eyeDistance: number
  /** Mean luma of the face, 0..255. */
  readonly brightness: number
  /** Standard deviation of the luma of the face, 0..128. */
  readonly contrast: number
  /**
   * Fine detail relative to the contrast, 0 (none) to about 1: the deviation of the Laplacian of the face, seen at 64
   * pixels between the eyes or at the picture's own size where that is less, over the deviation of its luma.
   */
  readonly sharpness: number
  /** Turn of the head to the side, -1 (profile) over 0 (frontal) to 1, from the mesh. */
  readonly yaw: number
  /** The share of the face's landmarks inside the picture, 0..1. */
  readonly visible: number
  /** What speaks against using this face; empty where nothing does. */
  readonly reasons: readonly QualityReason[]
}

export interface DetectedFace {
  /** Upright, around the face from forehead to chin; may reach over the picture's edge. */
  readonly box: Box
  readonly landmarks: FaceLandmarks
  /** The probability that this is a face, 0..1. */
  readonly score: number
  readonly quality: FaceQuality
}

/** The network that makes templates. Templates of models with different ids are never compared. */
export interface RecognitionModel {
  readonly id: string
  /** Length of a template. */
  readonly dimensions: number
  /** What similarities mean: searched in FAST against enrolled, and in ACCURATE against enrolled. */
  readonly calibration: { readonly fast: CalibrationTable; readonly accurate: CalibrationTable }
}

export interface RecognizeOptions {
  readonly mode: SearchMode
  /** Enrolling asks more of a picture than searching. */
  readonly purpose: 'search' | 'enroll'
  readonly signal?: AbortSignal | undefined
}

export interface Recognition {
  /** A unit vector of `model.dimensions` values. */
  readonly template: Float32Array
  readonly face: DetectedFace
  /** Milliseconds to find the face and its landmarks, and to embed it. */
  readonly milliseconds: { readonly locate: number; readonly embed: number }
}

/**
 * From a picture to a template: the port between the gallery and whatever recognizes faces, in this thread, in a
 * worker, or in a pool of them.
 */
export interface Recognizer {
  readonly model: RecognitionModel
  /** Every face of the picture, the largest first; an empty list where there is none. */
  detect(image: Pixels, options?: { readonly signal?: AbortSignal | undefined }): Promise<DetectedFace[]>
  /**
   * The template of the picture's most central, largest face.
   *
   * @throws VisavisError `no_face`, `multiple_faces` where two faces are equally likely to be meant, `low_quality` with
   * reasons.
   */
  recognize(image: Pixels, options: RecognizeOptions): Promise<Recognition>
  /** Frees what the networks hold. Calls after it reject. */
  close(): Promise<void>
}
