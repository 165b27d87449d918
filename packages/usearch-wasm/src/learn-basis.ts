/** How vectors are spread: where their middle is, and the directions in which they differ. */
export interface Basis {
  readonly mean: Float64Array
  /** One direction a row, all at right angles and of length one: a rotation. The mean's own first, then by spread. */
  readonly directions: Float64Array
  /** Standard deviation along each direction; never 0. */
  readonly spread: Float64Array
}

/** Rounds of subspace iteration: after these the leading directions are as good as exact ones for a sketch. */
const rounds = 12

/**
 * Learns a basis from samples whose `leading` directions hold as much of the samples' variance as that many can, found by
 * orthogonal iteration on the covariance (Golub and Van Loan, Matrix Computations, 8.2).
 *
 * The direction of the mean comes first and is kept out of the others: face templates of most networks lie in a narrow
 * cone, so a probe has most of its length there, and what little the templates differ along it counts for a lot.
 *
 * Yields the share that is done, 0 to 1, after each small step.
 */
export function* learnBasis(samples: readonly Float32Array[], leading: number): Generator<number, Basis> {
  const dimensions = samples[0]?.length ?? 0
  const mean = meanOf(samples, dimensions)
  const covariance = yield* covarianceOf(samples, mean)
  const directions: Float64Array[] = []
  const first = new Float64Array(mean)
  if (!makeUnit(first)) first[0] = 1
  directions.push(first)
  const random = mulberry32(dimensions)
  const wanted = Math.min(leading, dimensions)
  while (directions.length < wanted) directions.push(randomDirection(dimensions, random))
  orthonormalize(directions, 1, random)
  for (let round = 0; round < rounds; round++) {
    for (let i = 1; i < directions.length; i++) {
      directions[i] = times(covariance, directions[i] as Float64Array)
      if (i % 4 === 0) yield 0.5 + (0.4 * (round + i / directions.length)) / rounds
    }
    orthonormalize(directions, 1, random)
    yield 0.5 + (0.4 * (round + 1)) / rounds
  }
  while (directions.length < dimensions) {
    directions.push(randomDirection(dimensions, random))
    orthonormalize(directions, directions.length - 1, random)
    if (directions.length % 8 === 0) yield 0.9 + (0.1 * directions.length) / dimensions
  }
  const spread = Float64Array.from(directions, (direction) =>
    Math.sqrt(Math.max(0, dot(direction, times(covariance, direction)))),
  )
  // Vectors unlike the samples may differ in other directions: none is taken for much narrower than the widest.
  const floor = Math.max(1e-3, 0.05 * Math.max(...spread))
  const flat = new Float64Array(dimensions * dimensions)
  for (const [i, direction] of directions.entries()) flat.set(direction, i * dimensions)
  return { mean, directions: flat, spread: spread.map((value) => Math.max(value, floor)) }
}

function meanOf(samples: readonly Float32Array[], dimensions: number): Float64Array {
  const mean = new Float64Array(dimensions)
  for (const sample of samples) {
    for (let i = 0; i < dimensions; i++) mean[i] = (mean[i] as number) + (sample[i] as number) / samples.length
  }
  return mean
}

/** Rows of the covariance matrix. */
function* covarianceOf(samples: readonly Float32Array[], mean: Float64Array): Generator<number, Float64Array[]> {
  const dimensions = mean.length
  const rows = Array.from({ length: dimensions }, () => new Float64Array(dimensions))
  const centered = new Float64Array(dimensions)
  for (const [n, sample] of samples.entries()) {
    for (let i = 0; i < dimensions; i++) centered[i] = (sample[i] as number) - (mean[i] as number)
    for (let i = 0; i < dimensions; i++) {
      const row = rows[i] as Float64Array
      const value = (centered[i] as number) / samples.length
      for (let j = 0; j <= i; j++) row[j] = (row[j] as number) + value * (centered[j] as number)
    }
    if (n % 16 === 0) yield (0.5 * n) / samples.length
  }
  for (let i = 0; i < dimensions; i++) {
    for (let j = 0; j < i; j++) (rows[j] as Float64Array)[i] = (rows[i] as Float64Array)[j] as number
  }
  return rows
}

/** Makes each from `start` on of length one and at right angles to all before it, by Gram-Schmidt, twice for precision. */
function orthonormalize(directions: Float64Array[], start: number, random: () => number): void {
  for (let i = start; i < directions.length; i++) {
    let direction = directions[i] as Float64Array
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const before = directions[j] as Float64Array
        const along = dot(before, direction)
        for (let k = 0; k < direction.length; k++) {
          direction[k] = (direction[k] as number) - along * (before[k] as number)
        }
      }
      if (makeUnit(direction)) continue
      // Nothing was left of it: all that the samples span is in the others.
      direction = randomDirection(direction.length, random)
      directions[i] = direction
      pass = -1
    }
  }
}

/** Whether there was a length to divide by. */
function makeUnit(vector: Float64Array): boolean {
  const length = Math.sqrt(dot(vector, vector))
  if (length < 1e-12) return false
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / length
  return true
}

function times(rows: readonly Float64Array[], vector: Float64Array): Float64Array {
  return Float64Array.from(rows, (row) => dot(row, vector))
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function randomDirection(dimensions: number, random: () => number): Float64Array {
  return Float64Array.from({ length: dimensions }, () => random() - 0.5)
}

/** Tommy Ettinger's generator, so that the same vectors give the same basis. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
