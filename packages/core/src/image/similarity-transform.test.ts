import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Point } from './pixels.ts'
import { apply, fitSimilarity, invert, scaleOf, type SimilarityTransform } from './similarity-transform.ts'

const number = fc.double({ min: -100, max: 100, noNaN: true })
const point = fc.tuple(number, number)
const transform = fc
  .record({ scale: fc.double({ min: 0.1, max: 10, noNaN: true }), turn: number, tx: number, ty: number })
  .map(({ scale, turn, tx, ty }): SimilarityTransform => ({
    a: scale * Math.cos(turn),
    b: scale * Math.sin(turn),
    tx,
    ty,
  }))
const triangle: Point[] = [
  [0, 0],
  [10, 1],
  [3, 8],
]

it('finds the similarity that moved the points', () => {
  fc.assert(
    fc.property(transform, (moved) => {
      const fitted = fitSimilarity(
        triangle,
        triangle.map((p) => apply(moved, p)),
      ) as SimilarityTransform
      for (const part of ['a', 'b', 'tx', 'ty'] as const) expect(fitted[part]).toBeCloseTo(moved[part], 6)
    }),
  )
})

it('comes nearer to points that no similarity reaches than any other near it', () => {
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 3 }), transform, (to, nudge) => {
      const fitted = fitSimilarity(triangle, to) as SimilarityTransform
      const error = (t: SimilarityTransform): number =>
        triangle.reduce((sum, p, i) => {
          const [x, y] = apply(t, p)
          return sum + (x - (to[i] as Point)[0]) ** 2 + (y - (to[i] as Point)[1]) ** 2
        }, 0)
      const other = {
        a: fitted.a + nudge.a / 100,
        b: fitted.b + nudge.b / 100,
        tx: fitted.tx + 0.1,
        ty: fitted.ty - 0.1,
      }
      expect(error(fitted)).toBeLessThanOrEqual(error(other) + 1e-6)
    }),
  )
})

it('finds none from points that are all one', () => {
  expect(
    fitSimilarity(
      [
        [2, 2],
        [2, 2],
      ],
      [
        [0, 0],
        [1, 1],
      ],
    ),
  ).toBeNull()
})

it('is undone by its inverse, and scales distances', () => {
  fc.assert(
    fc.property(transform, point, (t, p) => {
      const [x, y] = apply(invert(t), apply(t, p))
      expect(x).toBeCloseTo(p[0], 6)
      expect(y).toBeCloseTo(p[1], 6)
      const moved = apply(t, [p[0] + 3, p[1] + 4])
      const [fromX, fromY] = apply(t, p)
      expect(Math.hypot(moved[0] - fromX, moved[1] - fromY)).toBeCloseTo(5 * scaleOf(t), 5)
    }),
  )
})
