import type { Pixels } from '@visavis/core'
import { toShrunkJpeg } from '@visavis/core/kit'
import { toImageText } from '@visavis/wire'

/** The longest side of a crop on the wire, pixels, as Verifik defines it. */
const cropSide = 120

/** A picture whose sides have no more pixels is taken for a crop of a face, a larger one for a photograph. */
const largestCrop = 256

/**
 * The longest side of a photograph on the wire, pixels: the API names no limit, and a face that is worth searching for
 * keeps enough of them.
 */
const photographSide = 1600

/** What the endpoints tell apart: a crop shows one face and little else. */
export type PictureKind = 'crop' | 'photograph'

/** Whether these pictures are crops of a face, by their size. */
export function kindOf(pictures: readonly Pixels[]): PictureKind {
  return pictures.every(({ width, height }) => Math.max(width, height) <= largestCrop) ? 'crop' : 'photograph'
}

/**
 * Pictures as the wire takes them: JPEG without metadata as base64, scaled down to what the endpoint takes. They are
 * always encoded again, since camera files contain place and photographer.
 */
export async function toImageTexts(pictures: readonly Pixels[], kind: PictureKind): Promise<string[]> {
  const texts: string[] = []
  for (const pixels of pictures) texts.push((await toSentPicture(pixels, kind)).text)
  return texts
}

/** @returns With it, how many pixels of the picture one of what is sent covers. */
export async function toSentPicture(pixels: Pixels, kind: PictureKind): Promise<{ text: string; scale: number }> {
  const { bytes, scale } = await toShrunkJpeg(pixels, kind === 'crop' ? cropSide : photographSide)
  return { text: toImageText(bytes), scale }
}
