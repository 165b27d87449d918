import { isVisavisError, VisavisError } from '../errors.ts'
import type { Crop } from './crop.ts'
import type { ReadPicture } from './pixels.ts'
import { takePicture, type TakenPicture } from './taken-picture.ts'
import { readPicture } from './to-pixels.ts'

/** The pictures of one call, taken when it is made. */
export class TakenPictures {
  readonly #pictures: readonly TakenPicture[]

  /** @throws VisavisError `invalid_image` with the number of the picture where there are several */
  constructor(pictures: readonly Crop[]) {
    this.#pictures = pictures.map((picture, i) => {
      try {
        return takePicture(picture)
      } catch (error) {
        throw numbered(error, i + 1, pictures.length)
      }
    })
  }

  /** Does something with each, one after the other. Errors name the picture where there are several. */
  async each<T>(work: (read: () => Promise<ReadPicture>) => Promise<T>): Promise<T[]> {
    const results: T[] = []
    for (const [i, picture] of this.#pictures.entries()) {
      try {
        results.push(await work(() => readPicture(picture)))
      } catch (error) {
        throw numbered(error, i + 1, this.#pictures.length)
      }
    }
    return results
  }
}

/** Says which of several pictures an error is about. */
function numbered(error: unknown, picture: number, count: number): unknown {
  if (!isVisavisError(error) || error.name !== 'InputError' || count === 1) return error
  const { code, message, reasons } = error
  return new VisavisError(code, `Picture ${picture} of ${count}: ${message}`, { cause: error, reasons, picture })
}
