import type { Calibration } from '@visavis/models'
import type { DetectedFace, SearchMode } from '../face.ts'
import type { Pixels } from '../image/pixels.ts'

/** The network that makes templates. Templates of models with different ids are never compared. */
export interface RecognitionModel {
  readonly id: string
  /** Length of a template. */
  readonly dimensions: number
  /** What similarities mean. */
  readonly calibration: Calibration
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
 * From a picture to a template: the port between the gallery and what recognizes faces, in this thread, in a worker, or
 * in a pool of workers.
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
