import type { CropOptions } from './photo.ts'

/** The photographs inside the package `@vladmandic/face-api` that the tests use, by their number. */
export type PhotoNumber = 3 | 6

/** Seven people, each from one photograph; nobody is in both. Where their faces are was read off by eye. */
export const people: Readonly<Record<string, CropOptions & { readonly photo: PhotoNumber }>> = {
  Ada: { photo: 6, x: 352, y: 625, size: 370 },
  Bea: { photo: 6, x: 772, y: 475, size: 350 },
  Cleo: { photo: 6, x: 1266, y: 460, size: 340 },
  Dora: { photo: 6, x: 1590, y: 410, size: 370 },
  Eva: { photo: 3, x: 700, y: 470, size: 360 },
  Fay: { photo: 3, x: 1185, y: 365, size: 390 },
  Gina: { photo: 3, x: 1580, y: 435, size: 370 },
}
