import type { FaceLandmarks, FaceQuality, QualityReason } from '../face.ts'
import type { Pixels, Point } from '../image/pixels.ts'
import { warpInto } from '../image/warp.ts'
import { measureCovering } from './covering.ts'
import { lumaPatch } from './luma-patch.ts'
import { measureBlocks, measureNoise, measureResolution } from './signal-quality.ts'

/** Where the face is measured: a square upright with the eyes, this many pixels a side, showing brows to mouth. */
const patchSize = 64
/** The square's side over the distance between the eyes. */
const patchOverEyes = 1.8

/** Pixels between the eyes beyond which resolution is not told apart: more than a crop has. */
const mostResolved = 37
/** Half the side of what is measured pixel by pixel. */
const largestHalf = 64

/** Beyond these a face is refused. Both lists are explained in the README under "Quality". */
const limits = {
  search: { eyeDistance: 7, darkest: 10, brightest: 248, contrast: 3, sharpness: 0.012, yaw: 1, visible: 0.6 },
  enroll: { eyeDistance: 16, darkest: 25, brightest: 240, contrast: 10, sharpness: 0.03, yaw: 0.8, visible: 0.85 },
} as const

/** Chosen between what ordinary pictures of LFW have and what bad ones have, see `covering.ts` and `signal-quality.ts`. */
const enrollLimits = { effectiveResolution: 6, noise: 4, compression: 1.2, covered: 0.55 } as const

export type QualityMeasures = Omit<FaceQuality, 'reasons'>

/** What a face is refused for, by the limits of its purpose. */
export function qualityReasons(measures: QualityMeasures, purpose: 'search' | 'enroll'): QualityReason[] {
  const limit = limits[purpose]
  const reasons: QualityReason[] = []
  if (measures.eyeDistance < limit.eyeDistance) reasons.push('too_small')
  if (measures.brightness < limit.darkest) reasons.push('too_dark')
  if (measures.brightness > limit.brightest) reasons.push('too_bright')
  if (measures.contrast < limit.contrast) reasons.push('low_contrast')
  if (measures.sharpness < limit.sharpness) reasons.push('blurred')
  if (Math.abs(measures.yaw) > limit.yaw) reasons.push('turned_away')
  if (measures.visible < limit.visible) reasons.push('cut_off')
  if (purpose === 'enroll') reasons.push(...enrollReasons(measures))
  return reasons
}

/**
 * Faults that make strangers alike to each other where all of a gallery have them. A probe that has one only matches
 * worse.
 */
function enrollReasons(measures: QualityMeasures): QualityReason[] {
  const { effectiveResolution = Infinity, noise = 0, compression = 0, mouthCovered = 0, eyesCovered = 0 } = measures
  const reasons: QualityReason[] = []
  // Out of focus it lacks detail, too, and that is the word for it.
  const isBlurred = measures.sharpness < limits.enroll.sharpness
  if (effectiveResolution < enrollLimits.effectiveResolution && !isBlurred) reasons.push('low_resolution')
  if (noise > enrollLimits.noise) reasons.push('noisy')
  if (compression > enrollLimits.compression) reasons.push('compressed')
  if (mouthCovered > enrollLimits.covered) reasons.push('mouth_covered')
  if (eyesCovered > enrollLimits.covered) reasons.push('eyes_covered')
  return reasons
}

/** Measures the picture at a face, see {@link FaceQuality}. */
export function measureQuality(
  pixels: Pixels,
  landmarks: FaceLandmarks,
  yaw: number,
  visible: number,
): QualityMeasures {
  const { leftEye, rightEye, leftMouth, rightMouth } = landmarks
  const acrossX = rightEye[0] - leftEye[0]
  const acrossY = rightEye[1] - leftEye[1]
  const eyeDistance = Math.hypot(acrossX, acrossY)
  const centerX = (leftEye[0] + rightEye[0] + leftMouth[0] + rightMouth[0]) / 4
  const centerY = (leftEye[1] + rightEye[1] + leftMouth[1] + rightMouth[1]) / 4
  // A profile's eyes are close together; the mouth's distance from them is not.
  const downX = (leftMouth[0] + rightMouth[0] - leftEye[0] - rightEye[0]) / 2
  const downY = (leftMouth[1] + rightMouth[1] - leftEye[1] - rightEye[1]) / 2
  const reach = Math.max(eyeDistance, Math.hypot(downX, downY))
  const side = Math.min(patchSize, Math.max(8, Math.round(reach * patchOverEyes)))
  const scale = (reach * patchOverEyes) / side
  const turn = Math.atan2(acrossY, acrossX)
  const a = Math.cos(turn) * scale
  const b = Math.sin(turn) * scale
  const tx = centerX - ((a - b) * side) / 2
  const ty = centerY - ((b + a) * side) / 2
  const patch = new Uint8ClampedArray(side * side * 3)
  warpInto(patch, side, side, pixels, { a, b, tx, ty })
  const covering = measureCovering(pixels, landmarks)
  return {
    eyeDistance,
    yaw,
    visible,
    ...luma(patch, side),
    ...measureSignal(pixels, [centerX, centerY], reach, eyeDistance),
    mouthCovered: covering.mouth,
    eyesCovered: covering.eyes,
  }
}

/** Measured at the picture's own pixels, of a large face in its middle. */
function measureSignal(
  pixels: Pixels,
  [x, y]: Point,
  reach: number,
  eyeDistance: number,
): Required<Pick<FaceQuality, 'effectiveResolution' | 'noise' | 'compression'>> {
  const native = lumaPatch(pixels, x, y, Math.min(largestHalf, Math.max(4, Math.round(reach * 0.9))))
  const noise = measureNoise(native)
  // A large face is seen as large as the faces that the measure was fitted on.
  const shrink = Math.max(1, eyeDistance / mostResolved)
  if (shrink === 1) {
    const effectiveResolution = measureResolution(native, eyeDistance, noise)
    return { effectiveResolution, noise, compression: measureBlocks(native) }
  }
  const side = 2 * Math.round((reach / shrink) * 0.9)
  const small = new Uint8ClampedArray(side * side * 3)
  warpInto(small, side, side, pixels, { a: shrink, b: 0, tx: x - (shrink * side) / 2, ty: y - (shrink * side) / 2 })
  const patch = lumaPatch({ width: side, height: side, channels: 3, data: small }, side / 2, side / 2, side / 2)
  const effectiveResolution = measureResolution(patch, mostResolved, 0)
  return { effectiveResolution, noise, compression: measureBlocks(native) }
}

function luma(patch: Uint8ClampedArray, side: number): { brightness: number; contrast: number; sharpness: number } {
  const values = new Float32Array(side * side)
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    // ITU-R BT.601.
    const value =
      0.299 * (patch[i * 3] as number) + 0.587 * (patch[i * 3 + 1] as number) + 0.114 * (patch[i * 3 + 2] as number)
    values[i] = value
    sum += value
  }
  const brightness = sum / values.length
  let squares = 0
  for (const value of values) squares += (value - brightness) ** 2
  const contrast = Math.sqrt(squares / values.length)
  let detail = 0
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const i = y * side + x
      const laplacian =
        (values[i - 1] as number) +
        (values[i + 1] as number) +
        (values[i - side] as number) +
        (values[i + side] as number) -
        4 * (values[i] as number)
      detail += laplacian * laplacian
    }
  }
  const inner = (side - 2) * (side - 2)
  const sharpness = contrast > 0 ? Math.sqrt(detail / inner) / 4 / contrast : 0
  return { brightness, contrast, sharpness }
}
