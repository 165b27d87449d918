import type { LumaPatch } from './luma-patch.ts'

/** Parts of a spectrum, cycles over the distance between the eyes each. */
const bandWidth = 1.85
/** The deviation of luma in each band of a sharp face whose luma deviates by 37 in all. */
const sharpFace = [27.2, 10.7, 5.94, 4.01, 2.12, 1.45, 1.05, 0.61, 0.46, 0.47] as const
const usualContrast = 37
/** Below this share of a sharp face's detail nothing is resolved. */
const leastDetail = 0.4

/**
 * Noise, 0..255: the deviation that a mask has which neither edges nor slopes move (Immerkær, "Fast noise variance
 * estimation", 1996), by the median, so that hair and lashes do not count.
 */
export function measureNoise({ width, height, values }: LumaPatch): number {
  const seen = new Float32Array(Math.max(0, (width - 2) * (height - 2)))
  if (seen.length === 0) return 0
  let to = 0
  const at = (i: number): number => values[i] as number
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x
      const corners = at(i - width - 1) + at(i - width + 1) + at(i + width - 1) + at(i + width + 1)
      const sides = at(i - 1) + at(i + 1) + at(i - width) + at(i + width)
      seen[to++] = Math.abs(corners - 2 * sides + 4 * at(i))
    }
  }
  return (seen.sort()[seen.length >> 1] as number) / 0.6745 / 6
}

/**
 * How far steps at the edges of JPEG's blocks of eight pixels stand out, over the usual step between two pixels: about
 * 0.1 in a good picture, 2 at JPEG's lowest qualities.
 */
export function measureBlocks({ width, height, values }: LumaPatch): number {
  const across = steps(width, height, values, 1, width)
  const down = steps(height, width, values, width, 1)
  const [a, b] = [standOut(across), standOut(down)]
  const usual = mean(across) + mean(down)
  return usual > 0 ? Math.max(0, (a + b) / usual) : 0
}

/** The mean step between each two neighbours along one axis. */
function steps(length: number, lines: number, values: Float32Array, along: number, beside: number): Float32Array {
  const sums = new Float32Array(Math.max(0, length - 1))
  for (let i = 0; i < sums.length; i++) {
    let sum = 0
    for (let line = 0, at = i * along; line < lines; line++, at += beside) {
      sum += Math.abs((values[at + along] as number) - (values[at] as number))
    }
    sums[i] = sum / lines
  }
  return sums
}

/** By how much the steps at every eighth place are larger than those beside them, wherever the blocks begin. */
function standOut(means: Float32Array): number {
  let most = Number.NEGATIVE_INFINITY
  for (let first = 0; first < 8; first++) {
    let [sum, count] = [0, 0]
    for (let i = first; i < means.length - 1; i += 8) {
      if (i === 0) continue
      sum += (means[i] as number) - ((means[i - 1] as number) + (means[i + 1] as number)) / 2
      count++
    }
    if (count > 0) most = Math.max(most, sum / count)
  }
  return most === Number.NEGATIVE_INFINITY ? 0 : most
}

function mean(values: Float32Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * The pixels between the eyes that a picture resolves: its distance between the eyes, less where it was enlarged or is
 * out of focus. The spectrum of a face falls in the same way in all sharp pictures; where that of this one falls below
 * it, detail ends.
 */
export function measureResolution(patch: LumaPatch, eyeDistance: number, noise: number): number {
  const powers = new Float64Array(sharpFace.length)
  const { width, height, values } = patch
  if (width < 8 || height < 8) return eyeDistance
  addSpectrum(powers, values, width, height, 1, width, eyeDistance, noise)
  addSpectrum(powers, values, height, width, width, 1, eyeDistance, noise)
  const average = mean(values)
  const contrast = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length)
  if (!(contrast > 0)) return 0
  let last = 1
  for (const [band, power] of powers.entries()) {
    // Up to what pixels can show at all.
    const begins = band * bandWidth * 2
    if (begins >= eyeDistance) return eyeDistance
    const detail = Math.sqrt(power / 2) / (((sharpFace[band] as number) * contrast) / usualContrast)
    if (band > 0 && detail < leastDetail) {
      const share = last > detail ? Math.max(0, Math.min(1, (last - leastDetail) / (last - detail))) : 0
      return Math.min(eyeDistance, Math.max(1, begins + (share - 0.5) * bandWidth * 2))
    }
    last = detail
  }
  return eyeDistance
}

/** Adds the power of all lines of one axis to the bands. */
function addSpectrum(
  powers: Float64Array,
  values: Float32Array,
  length: number,
  lines: number,
  along: number,
  beside: number,
  eyeDistance: number,
  noise: number,
): void {
  const window = Float64Array.from({ length }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / (length - 1)))
  const energy = window.reduce((sum, value) => sum + value * value, 0)
  const cosine = Float64Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * i) / length))
  const sine = Float64Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * i) / length))
  const line = new Float64Array(length)
  const perFrequency = new Float64Array((length >> 1) + 1)
  for (let row = 0; row < lines; row++) {
    let sum = 0
    for (let i = 0; i < length; i++) sum += values[row * beside + i * along] as number
    for (let i = 0; i < length; i++) {
      line[i] = ((values[row * beside + i * along] as number) - sum / length) * (window[i] as number)
    }
    for (let k = 1; k < perFrequency.length; k++) {
      let [re, im] = [0, 0]
      for (let i = 0, turn = 0; i < length; i++, turn = (turn + k) % length) {
        re += (line[i] as number) * (cosine[turn] as number)
        im += (line[i] as number) * (sine[turn] as number)
      }
      perFrequency[k] = (perFrequency[k] as number) + re * re + im * im
    }
  }
  for (let k = 1; k < perFrequency.length; k++) {
    const band = Math.floor(((k / length) * eyeDistance) / bandWidth)
    const power = (((perFrequency[k] as number) / lines / energy) * 2) / length - (2 * noise * noise) / length
    if (band < powers.length) powers[band] = (powers[band] as number) + Math.max(0, power)
  }
}
