import type { Point } from '../../image/pixels.ts'
import type { Find, View } from './face-detector.ts'
import { landmarkAt, type Region } from './face-mesh.ts'

/** A mesh region's side over the side of the detector's box of the same face, and how much higher its middle lies. */
const regionOverFind = 1.575
const regionAboveFind = 0.028

/** A closer look is a square of this side, in the detector's pixels, and the face takes this share of it. */
const closeSide = 128
const closeShare = 0.5

/** The region in which the mesh reads a face that the detector has found. */
export function regionOf(find: Find): Region {
  const rotation = rotationOf(find)
  const up = find.size * regionAboveFind
  return {
    centerX: find.centerX + Math.sin(rotation) * up,
    centerY: find.centerY - Math.cos(rotation) * up,
    size: find.size * regionOverFind,
    rotation,
  }
}

/** The view in which a find lies in the middle, upright but for `turn`, in a size that the detector likes best. */
export function viewOf(find: Find, turn: number): View {
  return {
    centerX: find.centerX,
    centerY: find.centerY,
    scale: find.size / closeShare / closeSide,
    rotation: rotationOf(find) + turn,
    width: closeSide,
    height: closeSide,
  }
}

/**
 * The mean distance between the detector's four points and the mesh's landmarks of the same, over the face's measure:
 * the distance between its eyes, or from them to the mouth where that is more. About 0.1 where both are right; the two
 * networks were trained apart, and hardly ever make the same mistake.
 */
export function disagreement(find: Find, landmarks: Float32Array): number {
  const pairs: [Point, Point][] = [
    [find.leftEye, middle(landmarks, 33, 133)],
    [find.rightEye, middle(landmarks, 362, 263)],
    [find.nose, landmarkAt(landmarks, 1)],
    [find.mouth, middle(landmarks, 61, 291)],
  ]
  const [left, right, , mouth] = pairs.map(([, mesh]) => mesh) as [Point, Point, Point, Point]
  const eyes: Point = [(left[0] + right[0]) / 2, (left[1] + right[1]) / 2]
  const measure = Math.max(apart(left, right), apart(eyes, mouth))
  return pairs.reduce((sum, [a, b]) => sum + apart(a, b), 0) / pairs.length / measure
}

function rotationOf({ leftEye, rightEye }: Find): number {
  return Math.atan2(rightEye[1] - leftEye[1], rightEye[0] - leftEye[0])
}

function middle(landmarks: Float32Array, i: number, j: number): Point {
  const [a, b] = [landmarkAt(landmarks, i), landmarkAt(landmarks, j)]
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
}

function apart(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}
