import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toShrunkJpeg } from './shrunk-jpeg.ts'
import { toPixels } from './to-pixels.ts'

describe('toShrunkJpeg', () => {
  it('keeps the shape of a picture, and its size where it is small enough', async () => {
    const side = fc.integer({ min: 1, max: 300 })
    await fc.assert(
      fc.asyncProperty(side, side, fc.integer({ min: 20, max: 200 }), async (width, height, longest) => {
        const data = new Uint8Array(width * height * 3).fill(90)
        const { bytes, scale } = await toShrunkJpeg({ width, height, channels: 3, data }, longest)
        const seen = await toPixels(bytes)
        expect(scale).toBe(Math.max(1, width / longest, height / longest))
        expect(seen.width).toBe(Math.max(1, Math.round(width / scale)))
        expect(seen.height).toBe(Math.max(1, Math.round(height / scale)))
      }),
      { numRuns: 40 },
    )
  })

  it('shows what the picture shows', async () => {
    const data = new Uint8Array(400 * 200 * 3)
    for (let i = 0; i < data.length; i++) data[i] = Math.floor(i / 3) % 400 < 200 ? 40 : 200
    const { bytes } = await toShrunkJpeg({ width: 400, height: 200, channels: 3, data }, 100)
    const { width, channels, data: small } = await toPixels(bytes)
    const at = (x: number): number => small[(25 * width + x) * channels] as number
    expect(at(20)).toBeCloseTo(40, -1)
    expect(at(80)).toBeCloseTo(200, -1)
  })
})
