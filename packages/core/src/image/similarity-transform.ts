import type { Point } from './pixels.ts'

/**
 * A similarity of the plane (scale, rotation, shift, no mirror): x' = a x - b y + tx, y' = b x + a y + ty.
 */
export interface SimilarityTransform {
  readonly a: number
  readonly b: number
  readonly tx: number
  readonly ty: number
}

/**
 * The similarity that takes `from` nearest to `to` in the least-squares sense, in closed form
 * (Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991, without
 * reflections). Both lists have the same length, at least two; `null` where all of `from` is one point.
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): SimilarityTransform | null {
  const n = from.length
  let fromX = 0
  let fromY = 0
  let toX = 0
  let toY = 0
  for (let i = 0; i < n; i++) {
    const [x, y] = from[i] as Point
    const [u, v] = to[i] as Point
    fromX += x / n
    fromY += y / n
    toX += u / n
    toY += v / n
  }
  let dot = 0
  let cross = 0
  let spread = 0
  for (let i = 0; i < n; i++) {
    const [x, y] = from[i] as Point
    const [u, v] = to[i] as Point
    const dx = x - fromX
    const dy = y - fromY
    dot += dx * (u - toX) + dy * (v - toY)
    cross += dx * (v - toY) - dy * (u - toX)
    spread += dx * dx + dy * dy
  }
  if (!(spread > 0)) return null
  const a = dot / spread
  const b = cross / spread
  return { a, b, tx: toX - a * fromX + b * fromY, ty: toY - b * fromX - a * fromY }
}

/** The similarity that undoes `t`. `t` must not shrink everything to a point. */
export function invert(t: SimilarityTransform): SimilarityTransform {
  const square = t.a * t.a + t.b * t.b
  const a = t.a / square
  const b = -t.b / square
  return { a, b, tx: -a * t.tx + b * t.ty, ty: -b * t.tx - a * t.ty }
}

/** Where `t` takes a point. */
export function apply(t: SimilarityTransform, [x, y]: Point): Point {
  return [t.a * x - t.b * y + t.tx, t.b * x + t.a * y + t.ty]
}

/** How many times longer `t` makes a distance. */
export function scaleOf(t: SimilarityTransform): number {
  return Math.hypot(t.a, t.b)
}
