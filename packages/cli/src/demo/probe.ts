import type { Box } from '@visavis/core'
import sharp, { type Sharp } from 'sharp'

/** How a probe differs from the crop that was enrolled. */
export const alterations = [
  'shifted',
  'mirrored',
  'turned by 12 degrees',
  'half the pixels',
  'dimmed',
  'recompressed',
] as const
export type Alteration = (typeof alterations)[number]

/** A probe's side, pixels. */
const probeSize = 120
/** Its side in the photograph over the longer side of the face's box. */
const probeOverBox = 1.75

/**
 * Cuts a 120x120 probe of a face out of its photograph. Each is cut wider than the enrolled crop and beside its middle,
 * so that no pixel is the same, and altered on top.
 *
 * @param photograph the file's bytes
 * @returns a JPEG
 */
export async function cutProbe(photograph: Uint8Array, box: Box, alteration: Alteration): Promise<Uint8Array> {
  const { autoOrient } = await sharp(photograph).metadata()
  const { width, height } = autoOrient
  const side = Math.min(Math.max(box.right - box.left, box.bottom - box.top) * probeOverBox, width, height)
  const shift = alteration === 'shifted' ? 0.1 : 0.03
  const size = Math.floor(side)
  const square = {
    left: clamp((box.left + box.right - side) / 2 + side * shift, width - size),
    top: clamp((box.top + box.bottom - side) / 2 - side * shift, height - size),
    width: size,
    height: size,
  }
  const crop = sharp(photograph).autoOrient().extract(square)
  const altered = await alter(crop, alteration, size)
  const quality = alteration === 'recompressed' ? 15 : 85
  return new Uint8Array(await altered.jpeg({ quality }).toBuffer())
}

async function alter(crop: Sharp, alteration: Alteration, size: number): Promise<Sharp> {
  switch (alteration) {
    case 'mirrored':
      return crop.flop().resize(probeSize, probeSize)
    case 'turned by 12 degrees': {
      const turned = await crop.rotate(12, { background: '#808080' }).png().toBuffer({ resolveWithObject: true })
      // The middle, which the corners of the turned square do not reach.
      const margin = Math.floor((turned.info.width - size * 0.9) / 2)
      const middle = turned.info.width - 2 * margin
      const square = { left: margin, top: margin, width: middle, height: middle }
      return sharp(turned.data).extract(square).resize(probeSize, probeSize)
    }
    case 'half the pixels': {
      const small = await crop
        .resize(probeSize / 2, probeSize / 2)
        .png()
        .toBuffer()
      return sharp(small).resize(probeSize, probeSize)
    }
    case 'dimmed':
      return crop.resize(probeSize, probeSize).linear(0.45, 0)
    case 'shifted':
    case 'recompressed':
      return crop.resize(probeSize, probeSize)
  }
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(Math.round(value), most))
}
