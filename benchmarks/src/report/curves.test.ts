import { describe, expect, it } from 'vitest'
import { drawCurves } from './curves.ts'

const picture = drawCurves({
  name: 'cost',
  title: 'Cost & <more>',
  x: 'templates',
  y: 'ms',
  curves: [
    {
      label: 'ours',
      points: [
        [10, 0.1],
        [1000, 10],
      ],
      ours: true,
    },
    {
      label: 'theirs',
      points: [
        [10, 10],
        [100, 10],
      ],
      ours: false,
    },
  ],
})

/** The first curve is drawn last. */
function pointsOf(label: 'ours' | 'theirs'): number[][] {
  const found = [...picture.matchAll(/<polyline points="([^"]*)"/g)].at(label === 'ours' ? -1 : 0)?.[1] ?? ''
  return found.split(' ').map((point) => point.split(',').map(Number))
}

describe('drawCurves', () => {
  it('places points by their logarithms', () => {
    const [[left, low], [right, high]] = pointsOf('ours') as [[number, number], [number, number]]
    const [[same, top], [middle, alsoTop]] = pointsOf('theirs') as [[number, number], [number, number]]
    expect(same).toBe(left)
    expect(middle).toBe((left + right) / 2)
    expect(top).toBe(high)
    expect(alsoTop).toBe(high)
    expect(low).toBeGreaterThan(high)
  })

  it('names the curves, the axes and their decades', () => {
    for (const text of ['ours', 'theirs', 'templates', 'ms', '0.1', '1,000', 'Cost &amp; &lt;more>']) {
      expect(picture).toContain(`>${text}</text>`)
    }
  })

  it('keeps the labels of curves that end at one height apart', () => {
    const heights = ['ours', 'theirs'].map((label) =>
      Number(new RegExp(`y="([\\d.]+)"[^>]*>${label}<`).exec(picture)?.[1]),
    )
    expect(Math.abs((heights[0] as number) - (heights[1] as number))).toBeGreaterThanOrEqual(12)
  })
})
