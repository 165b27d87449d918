import type { Thumbnail } from '@visavis/core'
import * as z from 'zod'
import { isRecord } from './envelope.ts'
import { fromImageText, isImageUrl, toImageText } from './image-text.ts'

/** One enrolled view of a person on the wire. */
export interface WireThumbnail {
  id: string
  /** A picture file as base64. */
  thumbnail?: string | undefined
}

export const thumbnailSchema: z.ZodType<WireThumbnail> = z.object({
  id: z.string(),
  thumbnail: z.string().optional().meta({ description: 'A JPEG as base64, at most 120x120 pixels.' }),
})

export function toWireThumbnail({ id, image }: Thumbnail): WireThumbnail {
  return { id, thumbnail: toImageText(image) }
}

/**
 * The views of a person from `thumbnails`, or where there are none from `images`. What holds no picture is left out:
 * services list ids alone, and addresses are not fetched.
 */
export function readThumbnails(thumbnails: unknown, images: unknown): Thumbnail[] {
  const found: Thumbnail[] = []
  for (const one of Array.isArray(thumbnails) ? (thumbnails as unknown[]) : []) {
    if (!isRecord(one)) continue
    const image = readImage(one['thumbnail'])
    if (image !== null) found.push({ id: typeof one['id'] === 'string' ? one['id'] : `${found.length + 1}`, image })
  }
  if (found.length > 0 || !Array.isArray(images)) return found
  for (const one of images as unknown[]) {
    const image = readImage(one)
    if (image !== null) found.push({ id: `${found.length + 1}`, image })
  }
  return found
}

function readImage(value: unknown): Uint8Array | null {
  if (typeof value !== 'string' || isImageUrl(value)) return null
  try {
    const image = fromImageText(value)
    return image.length > 0 ? image : null
  } catch {
    return null
  }
}
