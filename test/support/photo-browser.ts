import sample3 from '@vladmandic/face-api/demo/sample3.jpg?url'
import sample6 from '@vladmandic/face-api/demo/sample6.jpg?url'
import type { PhotoNumber } from './people.ts'
import type { Photo } from './photo.ts'

export const photoUrls: Readonly<Record<PhotoNumber, string>> = { 3: sample3, 6: sample6 }

export async function loadPhoto(number: PhotoNumber): Promise<Photo> {
  const bitmap = await createImageBitmap(await (await fetch(photoUrls[number])).blob())
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
  context?.drawImage(bitmap, 0, 0)
  return context?.getImageData(0, 0, bitmap.width, bitmap.height) as Photo
}
