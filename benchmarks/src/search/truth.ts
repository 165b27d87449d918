import { faceAt, type Faces } from './faces.ts'

/** The similarities of the best hits that there are for a query, best first. */
export type BestSimilarities = Float64Array

/** Queries that are compared with a row while it is at hand: twice as fast as one by one. */
const together = 8
/** Hits that are worse by less than rounding to float32 makes are as good. */
const rounding = 1e-6

/** Searches for each query by comparing it with every vector, in float64. */
export function searchExactly(faces: Faces, limit: number, among?: readonly number[]): BestSimilarities[] {
  const { vectors, dimensions, queries } = faces
  const rows = among?.length ?? faces.count
  const best = queries.map(() => new Float64Array(Math.min(limit, rows)).fill(Number.NEGATIVE_INFINITY))
  for (let first = 0; first < queries.length; first += together) {
    // Value i of all of them side by side.
    const probes = new Float64Array(dimensions * together)
    for (let q = 0; q < together; q++) {
      for (const [i, value] of (queries[first + q] ?? []).entries()) probes[i * together + q] = value
    }
    for (let row = 0; row < rows; row++) {
      const start = (among === undefined ? row : (among[row] as number)) * dimensions
      let a = 0
      let b = 0
      let c = 0
      let d = 0
      let e = 0
      let f = 0
      let g = 0
      let h = 0
      for (let i = 0, at = 0; i < dimensions; i++, at += together) {
        const value = vectors[start + i] as number
        a += value * (probes[at] as number)
        b += value * (probes[at + 1] as number)
        c += value * (probes[at + 2] as number)
        d += value * (probes[at + 3] as number)
        e += value * (probes[at + 4] as number)
        f += value * (probes[at + 5] as number)
        g += value * (probes[at + 6] as number)
        h += value * (probes[at + 7] as number)
      }
      keep(best[first], a)
      keep(best[first + 1], b)
      keep(best[first + 2], c)
      keep(best[first + 3], d)
      keep(best[first + 4], e)
      keep(best[first + 5], f)
      keep(best[first + 6], g)
      keep(best[first + 7], h)
    }
  }
  return best
}

/** The share of the `depth` best hits, or of as many as there are, that an answer has: keys, best first. */
export function recallOf(
  faces: Faces,
  query: Float32Array,
  { keys, best, depth }: { keys: readonly number[]; best: BestSimilarities; depth: number },
): number {
  const wanted = Math.min(depth, best.length)
  const least = (best[wanted - 1] as number) - rounding
  const given = new Set(keys.slice(0, wanted))
  let found = 0
  for (const key of given) if (key >= 0 && similarity(faceAt(faces, key), query) >= least) found++
  return found / wanted
}

/** The mean of {@link recallOf}. @param answers Of the first queries, as many as there are. */
export function meanRecall(
  faces: Faces,
  best: readonly BestSimilarities[],
  answers: readonly (readonly number[])[],
  depth: number,
): number {
  let sum = 0
  for (const [i, keys] of answers.entries()) {
    sum += recallOf(faces, faces.queries[i] as Float32Array, { keys, best: best[i] as BestSimilarities, depth })
  }
  return sum / answers.length
}

function similarity(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function keep(best: BestSimilarities | undefined, value: number): void {
  if (best === undefined || value <= (best.at(-1) as number)) return
  let at = best.length - 1
  for (; at > 0 && (best[at - 1] as number) < value; at--) best[at] = best[at - 1] as number
  best[at] = value
}
