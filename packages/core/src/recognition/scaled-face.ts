import type { DetectedFace } from '../face.ts'
import type { Point } from '../image/pixels.ts'

/** A face found in a picture that was scaled down, in pixels of the caller's: `scale` of them a pixel. */
export function scaledFace(face: DetectedFace, scale: number): DetectedFace {
  if (scale === 1) return face
  const point = ([x, y]: Point): Point => [x * scale, y * scale]
  const { left, top, right, bottom } = face.box
  const { leftEye, rightEye, nose, leftMouth, rightMouth } = face.landmarks
  return {
    ...face,
    box: { left: left * scale, top: top * scale, right: right * scale, bottom: bottom * scale },
    landmarks: {
      leftEye: point(leftEye),
      rightEye: point(rightEye),
      nose: point(nose),
      leftMouth: point(leftMouth),
      rightMouth: point(rightMouth),
    },
    quality: { ...face.quality, eyeDistance: face.quality.eyeDistance * scale },
  }
}
