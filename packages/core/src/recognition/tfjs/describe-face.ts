import { VisavisError } from '../../errors.ts'
import type { DetectedFace, FaceLandmarks, QualityReason } from '../../face.ts'
import type { Pixels } from '../../image/pixels.ts'
import { measureQuality, qualityReasons } from '../quality.ts'
import { landmarkAt, landmarkCount } from './face-mesh.ts'
import type { LocatedFace } from './locator.ts'

/** A located face as callers see it, its quality measured. */
export function describeFace(image: Pixels, face: LocatedFace, purpose: 'search' | 'enroll' = 'search'): DetectedFace {
  const landmarks = fivePoints(face.landmarks)
  const measures = measureQuality(image, landmarks, yawOf(face.landmarks), visibleShare(image, face.landmarks))
  return {
    box: face.box,
    landmarks,
    score: face.score,
    quality: { ...measures, reasons: qualityReasons(measures, purpose) },
  }
}

function fivePoints(mesh: Float32Array): FaceLandmarks {
  const middle = (i: number, j: number): [number, number] => {
    const [a, b] = [landmarkAt(mesh, i), landmarkAt(mesh, j)]
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  }
  return {
    leftEye: middle(33, 133),
    rightEye: middle(362, 263),
    nose: landmarkAt(mesh, 1),
    leftMouth: landmarkAt(mesh, 61),
    rightMouth: landmarkAt(mesh, 291),
  }
}

/** From where the tip of the nose stands between the two edges of the face, along the line of the eyes. */
function yawOf(mesh: Float32Array): number {
  const [left, right, nose] = [landmarkAt(mesh, 234), landmarkAt(mesh, 454), landmarkAt(mesh, 1)]
  const acrossX = right[0] - left[0]
  const acrossY = right[1] - left[1]
  const square = acrossX * acrossX + acrossY * acrossY
  if (!(square > 0)) return 1
  const along = ((nose[0] - left[0]) * acrossX + (nose[1] - left[1]) * acrossY) / square
  return Math.max(-1, Math.min(1, along * 2 - 1))
}

function visibleShare({ width, height }: Pixels, mesh: Float32Array): number {
  let inside = 0
  for (let i = 0; i < landmarkCount; i++) {
    const [x, y] = landmarkAt(mesh, i)
    if (x >= 0 && y >= 0 && x <= width && y <= height) inside++
  }
  return inside / landmarkCount
}

const advice: Record<QualityReason, string> = {
  too_small: 'the face is too small: come closer or use a larger picture',
  too_dark: 'the face is too dark: add light',
  too_bright: 'the face is too bright: use less light or exposure',
  low_contrast: 'the face has too little contrast',
  blurred: 'the face is blurred: hold still and focus',
  turned_away: 'the face is turned away: look at the camera',
  cut_off: 'the face is cut off: show all of it',
  low_resolution: 'the face shows too little detail: use a picture that was not enlarged',
  noisy: 'the picture is too noisy: add light',
  compressed: 'the picture is compressed too far: use a better copy',
  mouth_covered: 'the mouth is covered: take off what covers it',
  eyes_covered: 'the eyes are covered: take off what covers them',
}

export function lowQuality(reasons: readonly QualityReason[], purpose: 'search' | 'enroll'): VisavisError {
  const list = reasons.map((reason) => advice[reason]).join('; ')
  return new VisavisError('low_quality', `The picture is not good enough to ${purpose}: ${list}.`, { reasons })
}
