import { VisavisError } from '../errors.ts'
import type { Hit, IndexQuery, VectorIndex } from './vector-index.ts'

const firstCapacity = 256

/** Compares the probe with every vector, in float32: exact in both modes. */
export class ExactIndex implements VectorIndex {
  readonly dimensions: number
  #rows: Float32Array
  #keys: number[] = []
  readonly #rowOf: Map<number, number> = new Map()

  constructor(dimensions: number) {
    this.dimensions = dimensions
    this.#rows = new Float32Array(firstCapacity * dimensions)
  }

  get size(): number {
    return this.#keys.length
  }

  add(key: number, vector: Float32Array): void {
    this.#check(vector)
    if (this.#rowOf.has(key)) throw new RangeError(`key ${key} is in use`)
    const row = this.#keys.length
    if ((row + 1) * this.dimensions > this.#rows.length) {
      const larger = new Float32Array(this.#rows.length * 2)
      larger.set(this.#rows)
      this.#rows.fill(0)
      this.#rows = larger
    }
    this.#rows.set(vector, row * this.dimensions)
    this.#keys.push(key)
    this.#rowOf.set(key, row)
  }

  remove(key: number): boolean {
    const row = this.#rowOf.get(key)
    if (row === undefined) return false
    const last = this.#keys.length - 1
    const { dimensions } = this
    // The last row takes the freed place, and its old place is blanked: no template outlives its person.
    this.#rows.copyWithin(row * dimensions, last * dimensions, (last + 1) * dimensions)
    this.#rows.fill(0, last * dimensions, (last + 1) * dimensions)
    const moved = this.#keys.pop() as number
    if (row !== last) {
      this.#keys[row] = moved
      this.#rowOf.set(moved, row)
    }
    this.#rowOf.delete(key)
    return true
  }

  search(probe: Float32Array, { limit, leastSimilarity = -1, filter }: IndexQuery): Hit[] {
    this.#check(probe)
    const hits: Hit[] = []
    let least = leastSimilarity
    for (let row = 0; row < this.#keys.length; row++) {
      const key = this.#keys[row] as number
      if (filter !== undefined && !filter(key)) continue
      const similarity = this.#dot(probe, row)
      if (similarity < least) continue
      insert(hits, { key, similarity }, limit)
      if (hits.length === limit) least = Math.max(least, (hits[limit - 1] as Hit).similarity)
    }
    return hits
  }

  dispose(): void {
    this.#rows.fill(0)
    this.#rows = new Float32Array(0)
    this.#keys = []
    this.#rowOf.clear()
  }

  /** Four sums side by side, which keeps the additions from waiting for each other. */
  #dot(probe: Float32Array, row: number): number {
    const rows = this.#rows
    const { dimensions } = this
    const offset = row * dimensions
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let i = 0
    for (; i + 3 < dimensions; i += 4) {
      a += (probe[i] as number) * (rows[offset + i] as number)
      b += (probe[i + 1] as number) * (rows[offset + i + 1] as number)
      c += (probe[i + 2] as number) * (rows[offset + i + 2] as number)
      d += (probe[i + 3] as number) * (rows[offset + i + 3] as number)
    }
    for (; i < dimensions; i++) a += (probe[i] as number) * (rows[offset + i] as number)
    return a + b + c + d
  }

  #check(vector: Float32Array): void {
    if (vector.length !== this.dimensions) {
      throw new VisavisError(
        'dimension_mismatch',
        `A vector of ${vector.length} values was given to an index of ${this.dimensions}; use one model for both.`,
      )
    }
    if (!vector.every(Number.isFinite)) {
      throw new VisavisError('dimension_mismatch', 'A vector with values that are no numbers was given to the index.')
    }
  }
}

/** Keeps `hits` sorted, best first, then by key, and no longer than `limit`. */
function insert(hits: Hit[], hit: Hit, limit: number): void {
  let at = hits.length
  while (at > 0 && comesBefore(hit, hits[at - 1] as Hit)) at--
  if (at >= limit) return
  hits.splice(at, 0, hit)
  if (hits.length > limit) hits.pop()
}

function comesBefore(a: Hit, b: Hit): boolean {
  return a.similarity > b.similarity || (a.similarity === b.similarity && a.key < b.key)
}
