import { VisavisError } from '@visavis/core'

/** Larger pictures are scaled down, pixels of the longer side: faces in them are large enough. */
const longestSide = 1600

/** @throws VisavisError `invalid_image` */
export async function readPictureFile(file: File): Promise<ImageBitmap> {
  try {
    const whole = await createImageBitmap(file, { imageOrientation: 'from-image' })
    const scale = Math.min(1, longestSide / Math.max(whole.width, whole.height))
    if (scale === 1) return whole
    const size = { resizeWidth: Math.round(whole.width * scale), resizeHeight: Math.round(whole.height * scale) }
    try {
      return await createImageBitmap(whole, { ...size, resizeQuality: 'high' })
    } finally {
      whole.close()
    }
  } catch (cause) {
    throw new VisavisError('invalid_image', 'The file is no picture that this browser can read; use another one.', {
      cause,
    })
  }
}
