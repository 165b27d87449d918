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
  | 'low_resolution'
  | 'noisy'
  | 'compressed'
  | 'mouth_covered'
  | 'eyes_covered'

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
  /**
   * Pixels between the eyes that the picture resolves: `eyeDistance`, less where a smaller picture was enlarged or the
   * face is out of focus, 37 at most of larger ones. Absent where a recognizer does not measure it, as are those below.
   */
  readonly effectiveResolution?: number
  /** The deviation of luma that is noise, 0..255. */
  readonly noise?: number
  /** How far the edges of JPEG's blocks stand out: about 0.1 in a good picture, 2 at the lowest qualities. */
  readonly compression?: number
  /** Whether the mouth is covered, such as by a mask: around 0 bare, around 1 covered. */
  readonly mouthCovered?: number
  /** Whether the eyes are covered, such as by sunglasses: around 0 bare, around 1 covered. */
  readonly eyesCovered?: number
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
