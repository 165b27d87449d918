import sharp from 'sharp'
import { people } from './people.ts'
import { loadPhoto } from './photo-node.ts'
import { cut, type CropOptions } from './photo.ts'

/** A JPEG file of a person's crop: the one to enroll, or with `changes` another look at them. */
export async function faceFile(person: string, changes: Partial<CropOptions> = {}): Promise<Buffer> {
  const { photo, ...place } = people[person] as (typeof people)[string]
  const { width, height, data } = cut(await loadPhoto(photo), { ...place, ...changes })
  return sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 92 })
    .toBuffer()
}

/** Another look at a person: wider, aside, mirrored, smaller and darker. */
export function otherFaceFile(person: string): Promise<Buffer> {
  const { x, y, size } = people[person] as (typeof people)[string]
  return faceFile(person, { x: x + 14, y: y - 9, size: size * 1.13, pixels: 96, mirror: true, gain: 0.8 })
}
