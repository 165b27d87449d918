import type { LookAlikes } from '@visavis/models'

/** Where people are more alike to each other than people at large; see {@link LookAlikes}. */
export class LookAlikeRegions {
  readonly #centers: readonly Float32Array[]
  readonly #calibration: LookAlikes

  /** @throws RangeError where the centers are not rows of so many values */
  constructor(calibration: LookAlikes, dimensions: number) {
    this.#calibration = calibration
    this.#centers = readCenters(calibration.centers, dimensions)
    if (calibration.nearest > this.#centers.length)
      throw new RangeError('there are fewer centers than are to be nearest')
  }

  /** Decades by which strangers of a unit vector are likelier than those of people at large, 0 or more. */
  decades(vector: Float32Array): number {
    const { nearest, from, decadesPerTenth, most } = this.#calibration
    const cosines = this.#centers.map((center) => {
      let sum = 0
      for (let i = 0; i < center.length; i++) sum += (center[i] as number) * (vector[i] as number)
      return sum
    })
    cosines.sort((a, b) => b - a)
    let mean = 0
    for (let i = 0; i < nearest; i++) mean += (cosines[i] as number) / nearest
    return Math.min(most, Math.max(0, (mean - from) * 10 * decadesPerTenth))
  }
}

function readCenters(base64: string, dimensions: number): Float32Array[] {
  const bytes = Int8Array.from(atob(base64), (character) => character.charCodeAt(0))
  if (bytes.length === 0 || bytes.length % dimensions !== 0) {
    throw new RangeError(`the centers of look-alikes are not rows of ${dimensions} values`)
  }
  return Array.from({ length: bytes.length / dimensions }, (_, row) => {
    const center = Float32Array.from(bytes.subarray(row * dimensions, (row + 1) * dimensions))
    const length = Math.hypot(...center)
    return center.map((value) => value / length)
  })
}
