import sharp from 'sharp'
import type { Pixels } from '@visavis/core'

sharp.concurrency(1)

/** @param size The longer side it is scaled down to (Lanczos), pixels; a picture that is smaller stays as it is. */
export async function readPicture(file: string, size?: number): Promise<Pixels> {
  const image = sharp(file).autoOrient().removeAlpha().toColourspace('srgb')
  if (size !== undefined) {
    image.resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true, kernel: 'lanczos3' })
  }
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, channels: 3, data: new Uint8Array(data) }
}
