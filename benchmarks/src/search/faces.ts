/** What stands in for the templates of many people, and for those of new pictures of some of them. */
export interface Faces {
  readonly count: number
  readonly dimensions: number
  /** Unit vectors one after the other; those of a person are neighbors, see {@link facesAPerson}. */
  readonly vectors: Float32Array
  /** Unit vectors of people who are enrolled, none of them enrolled itself. */
  readonly queries: readonly Float32Array[]
}

export interface FacesOptions {
  readonly count: number
  /** A power of two. */
  readonly dimensions: number
  readonly queries: number
  /**
   * All vectors lie in a cone around one direction, as face templates of most networks do: two people's cosine is 0.72 on
   * average. Without it that is 0.
   */
  readonly cone: boolean
}

export const facesAPerson = 5

/** How fast the variance falls from one principal direction to the next: (i + 1)^-0.8. */
const decay = 0.8
/** Of a person's picture against the person, as standard deviations: makes the cosine of two pictures 0.6. */
const variation = Math.sqrt(2 / 3)
/** Of two people in the cone. */
const strangersCosine = 0.72

/** The same for the same options, on every machine. */
export function makeFaces({ count, dimensions, queries, cone }: FacesOptions): Faces {
  if (dimensions < 2 || (dimensions & (dimensions - 1)) !== 0)
    throw new RangeError('dimensions must be a power of two.')
  const random = new Gaussians(dimensions)
  const rotation = new Rotation(dimensions, random)
  const spread = Float64Array.from({ length: dimensions }, (_, i) => (i + 1) ** (-decay / 2))
  const axis = new Float64Array(dimensions)
  if (cone) {
    for (let i = 0; i < dimensions; i++) axis[i] = random.next()
    scale(axis, Math.sqrt(strangersCosine) / lengthOf(axis))
  }
  const person = new Float64Array(dimensions)
  const face = new Float64Array(dimensions)
  const meet = (): void => {
    for (let i = 0; i < dimensions; i++) person[i] = (spread[i] as number) * random.next()
  }
  const picture = (into: Float32Array): void => {
    for (let i = 0; i < dimensions; i++) {
      face[i] = (person[i] as number) + variation * (spread[i] as number) * random.next()
    }
    rotation.apply(face)
    if (cone) {
      scale(face, Math.sqrt(1 - strangersCosine) / lengthOf(face))
      for (let i = 0; i < dimensions; i++) face[i] = (face[i] as number) + (axis[i] as number)
    }
    scale(face, 1 / lengthOf(face))
    into.set(face)
  }
  const vectors = new Float32Array(count * dimensions)
  const people = Math.ceil(count / facesAPerson)
  const probes: Float32Array[] = []
  for (let who = 0; who < people; who++) {
    meet()
    const end = Math.min(count, (who + 1) * facesAPerson)
    for (let key = who * facesAPerson; key < end; key++) {
      picture(vectors.subarray(key * dimensions, (key + 1) * dimensions))
    }
    // Whose turn it is, so that the queries are spread over all.
    for (; probes.length < Math.floor(((who + 1) / people) * queries);) {
      const probe = new Float32Array(dimensions)
      picture(probe)
      probes.push(probe)
    }
  }
  return { count, dimensions, vectors, queries: probes }
}

/** A view of one of the vectors. */
export function faceAt({ vectors, dimensions }: Faces, key: number): Float32Array {
  return vectors.subarray(key * dimensions, (key + 1) * dimensions)
}

function lengthOf(vector: Float64Array): number {
  let sum = 0
  for (let i = 0; i < vector.length; i++) sum += (vector[i] as number) ** 2
  return Math.sqrt(sum)
}

function scale(vector: Float64Array, by: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * by
}

/**
 * A rotation that mixes all dimensions, so that no coordinate means more than another: three times random signs and then a
 * Hadamard transform, which takes n log n steps where a random matrix takes n^2.
 */
class Rotation {
  readonly #signs: readonly Float64Array[]
  readonly #dimensions: number

  constructor(dimensions: number, random: Gaussians) {
    this.#dimensions = dimensions
    const unit = 1 / Math.sqrt(dimensions)
    this.#signs = [1, 2, 3].map(() =>
      Float64Array.from({ length: dimensions }, () => (random.next() < 0 ? -unit : unit)),
    )
  }

  apply(vector: Float64Array): void {
    for (const signs of this.#signs) {
      for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) * (signs[i] as number)
      for (let half = 1; half < this.#dimensions; half *= 2) {
        for (let block = 0; block < this.#dimensions; block += 2 * half) {
          for (let i = block; i < block + half; i++) {
            const a = vector[i] as number
            const b = vector[i + half] as number
            vector[i] = a + b
            vector[i + half] = a - b
          }
        }
      }
    }
  }
}

/** Normally distributed numbers by Box and Muller's transform of what Tommy Ettinger's mulberry32 gives. */
class Gaussians {
  #state: number
  #spare: number | undefined

  constructor(seed: number) {
    this.#state = seed
  }

  next(): number {
    if (this.#spare !== undefined) {
      const spare = this.#spare
      this.#spare = undefined
      return spare
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.#uniform()))
    const angle = 2 * Math.PI * this.#uniform()
    this.#spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  /** From 0 to 1, 1 excluded. */
  #uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
