import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import sharp from 'sharp'
import type { PhotoNumber } from './people.ts'
import type { Photo } from './photo.ts'

const require = createRequire(import.meta.url)

/** The file of one of the package's six photographs. */
export function photoPath(number: number): string {
  return require.resolve(`@vladmandic/face-api/demo/sample${number}.jpg`)
}

export async function loadPhoto(number: PhotoNumber): Promise<Photo> {
  const { data, info } = await sharp(await readFile(photoPath(number)))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
}
