import type { Box, Point } from './image/pixels.ts'

/** FAST: one view of the face. ACCURATE: the mean of the face and its mirror image, at about twice the time. */
export type SearchMode = 'FAST' | 'ACCURATE'

/** Why a face is not good enough to be enrolled or searched. */
export type QualityReason =
  | 'too_small'
  | 'too_dark'
  | 'too_bright'
  | 'low_contrast'
  | 'blurred'
  | 'turned_away'
  | 'cut_off'

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
