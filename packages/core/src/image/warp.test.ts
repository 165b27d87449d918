import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Pixels } from './pixels.ts'
import { warpInto } from './warp.ts'

const still = { a: 1, b: 0, tx: 0, ty: 0 }

function picture(
  width: number,
  height: number,
  channels: 3 | 4,
  value: (x: number, y: number, c: number) => number,
): Pixels {
  const data = new Uint8Array(width * height * channels)
  for (let i = 0; i < data.length; i++) {
    const at = Math.floor(i / channels)
    data[i] = value(at % width, Math.floor(at / width), i % channels)
  }
  return { width, height, channels, data }
}

describe('warpInto', () => {
  it('copies RGB and RGBA pixels where nothing moves', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<3 | 4>(3, 4),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (channels, width, height) => {
          const source = picture(width, height, channels, (x, y, c) => (x * 31 + y * 57 + c * 91) % 256)
          const target = new Float32Array(width * height * 3)
          warpInto(target, width, height, source, still)
          for (let i = 0; i < width * height; i++) {
            for (let c = 0; c < 3; c++)
              expect(target[i * 3 + c]).toBeCloseTo(source.data[i * channels + c] as number, 3)
          }
        },
      ),
    )
  })

  it('reads between pixels as a plane would lie', () => {
    const source = picture(20, 20, 3, (x, y, c) => 3 * x + 5 * y + c)
    const target = new Float32Array(6 * 6 * 3)
    const turn = { a: 0.9, b: 0.4, tx: 6, ty: 5 }
    warpInto(target, 6, 6, source, turn)
    for (let y = 0; y < 6; y++) {
      for (let x = 0; x < 6; x++) {
        const u = turn.a * (x + 0.5) - turn.b * (y + 0.5) + turn.tx - 0.5
        const v = turn.b * (x + 0.5) + turn.a * (y + 0.5) + turn.ty - 0.5
        for (let c = 0; c < 3; c++) expect(target[(y * 6 + x) * 3 + c]).toBeCloseTo(3 * u + 5 * v + c, 3)
      }
    }
  })

  it('is black outside the picture', () => {
    const target = new Float32Array(4 * 4 * 3).fill(7)
    warpInto(
      target,
      4,
      4,
      picture(4, 4, 3, () => 200),
      { ...still, tx: 100 },
    )
    expect(new Set(target)).toEqual(new Set([0]))
  })

  it('mirrors, normalizes and swaps the channels', () => {
    const source = picture(2, 1, 3, (x, _, c) => 10 * x + c)
    const target = new Float32Array(6)
    warpInto(target, 2, 1, source, still, { mean: [1, 2, 3], divisor: 2, channelOrder: 'bgr' }, true)
    // The right pixel (10, 11, 12) comes first, blue before red, less the means in that order, halved.
    expect([...target]).toEqual([(12 - 1) / 2, (11 - 2) / 2, (10 - 3) / 2, (2 - 1) / 2, (1 - 2) / 2, (0 - 3) / 2])
  })

  it('normalizes at the edge of the picture as in its middle', () => {
    const source = picture(3, 3, 3, () => 100)
    for (const channelOrder of ['rgb', 'bgr'] as const) {
      const target = new Float32Array(3 * 3 * 3)
      warpInto(target, 3, 3, source, still, { mean: [10, 20, 30], divisor: 10, channelOrder })
      for (let i = 0; i < 9; i++) expect([...target.subarray(i * 3, i * 3 + 3)]).toEqual([9, 8, 7])
    }
  })

  it('averages what it shrinks: a fine checkerboard becomes gray', () => {
    const board = picture(64, 64, 3, (x, y) => ((x + y) % 2) * 255)
    const target = new Float32Array(8 * 8 * 3)
    warpInto(target, 8, 8, board, { a: 8, b: 0, tx: 0, ty: 0 })
    for (const value of target) expect(Math.abs(value - 127.5)).toBeLessThan(2)
  })

  it('keeps the place of what it shrinks', () => {
    const square = picture(160, 160, 3, (x, y) => (x >= 40 && x < 80 && y >= 80 && y < 120 ? 255 : 0))
    const target = new Float32Array(16 * 16 * 3)
    warpInto(target, 16, 16, square, { a: 10, b: 0, tx: 0, ty: 0 })
    let [sum, x, y] = [0, 0, 0]
    for (let i = 0; i < 256; i++) {
      const value = target[i * 3] as number
      sum += value
      x += value * ((i % 16) + 0.5)
      y += value * (Math.floor(i / 16) + 0.5)
    }
    expect(x / sum).toBeCloseTo(6, 1)
    expect(y / sum).toBeCloseTo(10, 1)
  })

  it('reads a part of a large picture as if all of it had been halved', () => {
    fc.assert(
      fc.property(
        fc.record({ width: fc.integer({ min: 1, max: 200 }), height: fc.integer({ min: 1, max: 200 }) }),
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.double({ min: -300, max: 300, noNaN: true }),
        fc.double({ min: -300, max: 300, noNaN: true }),
        ({ width, height }, a, b, tx, ty) => {
          const source = picture(width, height, 3, (x, y, c) => (x * x * 7 + y * 57 + x * y + c * 91) % 256)
          const [seen, expected] = [new Float32Array(7 * 5 * 3), new Float32Array(7 * 5 * 3)]
          warpInto(seen, 7, 5, source, { a, b, tx, ty })
          let [whole, scale] = [source as Pixels, 1]
          while (Math.hypot(a, b) / scale >= 2 && whole.width > 1 && whole.height > 1) {
            const { width: w, data } = whole
            const at = (x: number, y: number, c: number): number => data[(y * w + x) * 3 + c] as number
            whole = picture(whole.width >> 1, whole.height >> 1, 3, (x, y, c) => {
              const sum = at(2 * x, 2 * y, c) + at(2 * x + 1, 2 * y, c) + at(2 * x, 2 * y + 1, c)
              return (sum + at(2 * x + 1, 2 * y + 1, c) + 2) >> 2
            })
            scale *= 2
          }
          if (scale > 1 && Math.hypot(a, b) / scale >= 2) return
          warpInto(expected, 7, 5, whole, { a: a / scale, b: b / scale, tx: tx / scale, ty: ty / scale })
          for (const [i, value] of expected.entries()) expect(seen[i]).toBeCloseTo(value, 2)
        },
      ),
      { numRuns: 300 },
    )
  })
})
