import { createPackedVectors, createUsearchIndex } from '@visavis/usearch-wasm'
import { median } from '../statistics.ts'
import { emptyResult, type SuiteResult } from '../suite.ts'
import { faceAt, makeFaces, type Faces } from './faces.ts'
import { graphShape, needsGraphSize } from './graph-shape.ts'
import { limit, type SizeRequest } from './measure-size.ts'
import { timeInTurns } from './timing.ts'
import { meanRecall, searchExactly, type BestSimilarities } from './truth.ts'

/** What each way must find of the nearest ones. */
const wantedRecall = 0.99
/** The index finds the sketch that divides by a sample of some thousands, so that less would be all or nothing. */
const shares = [1 / 1024, 1 / 512, 1 / 256, 1 / 128, 1 / 64, 1 / 32, 1 / 16, 1 / 8]
const expansions = [64, 128, 256, 512, 1024, 2048, 4096]

type Search = (query: Float32Array) => readonly number[]

/**
 * What it costs to find 99 of 100 nearest ones by each of the ways that were thought of: sketches of four bits and an
 * exact comparison of the likeliest, usearch's graph and an exact comparison of its hits, and, as a count of how many would
 * have to be compared, the signs of the values.
 */
export async function studyCodes(
  { prefix, count, dimensions, queries, timing }: SizeRequest,
  graphSizes: readonly number[],
): Promise<SuiteResult> {
  const result = emptyResult()
  const { metrics, missing } = result
  const study = `${prefix}.study`
  for (const cone of [false, true]) {
    const faces = makeFaces({ count, dimensions, queries, cone })
    const best = searchExactly(faces, limit)
    const name = cone ? `${study}.cone` : study
    using vectors = await createPackedVectors({ dimensions })
    vectors.reserve(count)
    for (let key = 0; key < count; key++) vectors.add(key, faceAt(faces, key))
    for (const _ of vectors.learn());
    const bySketch = (share: number): Search => {
      return (query) => [...vectors.search(query, { limit, share }).keys]
    }
    const share = shares.find((candidate) => recallOf(faces, best, bySketch(candidate)) >= wantedRecall)
    if (share === undefined) {
      missing[`${name}.sketch.share`] = `no share up to an eighth found ${wantedRecall}`
    } else {
      metrics[`${name}.sketch.share`] = share
      metrics[`${name}.sketch.p50_ms`] = await timeOf(bySketch(share), faces, timing)
    }
    metrics[`${name}.signs.share`] = shareBySigns(faces, best)
    if (!graphSizes.includes(count)) {
      missing[`${name}.graph.p50_ms`] = needsGraphSize
      continue
    }
    using graph = await createUsearchIndex({ dimensions, scalar: 'i8', ...graphShape })
    for (let key = 0; key < count; key++) graph.add(key, faceAt(faces, key))
    const byGraph = (expansion: number): Search => {
      return (query) => {
        const proposed = graph.search(query, { k: 64, expansion }).map(({ key }) => key)
        return [...vectors.searchAmong(query, proposed, { limit }).keys]
      }
    }
    const expansion = expansions.find((candidate) => recallOf(faces, best, byGraph(candidate)) >= wantedRecall)
    if (expansion === undefined) {
      missing[`${name}.graph.p50_ms`] = `no expansion up to ${expansions.at(-1)} found ${wantedRecall}`
    } else {
      metrics[`${name}.graph.expansion`] = expansion
      metrics[`${name}.graph.p50_ms`] = await timeOf(byGraph(expansion), faces, timing)
    }
  }
  return result
}

function recallOf(faces: Faces, best: readonly BestSimilarities[], find: Search): number {
  return meanRecall(
    faces,
    best,
    faces.queries.map((query) => find(query)),
    1,
  )
}

async function timeOf(find: Search, { queries }: Faces, timing: SizeRequest['timing']): Promise<number> {
  const samples = await timeInTurns([{ name: 'one', search: find }], queries, timing)
  return median(samples.get('one') ?? [])
}

/**
 * The share of vectors whose signs, taken from the mean of all, agree with the query's as well as the nearest one's do,
 * for all but one in a hundred queries: so many would have to be compared. The count stands for all codes of one bit a
 * value, which take an eighth of a byte each to read.
 */
function shareBySigns(faces: Faces, best: readonly BestSimilarities[]): number {
  const { count, dimensions, vectors, queries } = faces
  const mean = new Float64Array(dimensions)
  for (let at = 0; at < vectors.length; at++) {
    mean[at % dimensions] = (mean[at % dimensions] as number) + (vectors[at] as number) / count
  }
  const words = Math.ceil(dimensions / 32)
  const codes = new Uint32Array(count * words)
  for (let key = 0; key < count; key++) codes.set(signsOf(faceAt(faces, key), mean, words), key * words)
  const needed = queries.map((query, i) => {
    const code = signsOf(query, mean, words)
    const nearest = nearestTo(faces, query, best[i] as BestSimilarities)
    const distances = new Uint32Array(32 * words + 1)
    for (let key = 0; key < count; key++) {
      const distance = distanceBetween(codes, key * words, code)
      distances[distance] = (distances[distance] as number) + 1
    }
    const most = distanceBetween(codes, nearest * words, code)
    return distances.subarray(0, most + 1).reduce((sum, n) => sum + n, 0) / count
  })
  return needed.sort((a, b) => a - b)[Math.ceil(wantedRecall * needed.length) - 1] as number
}

function nearestTo(faces: Faces, query: Float32Array, best: BestSimilarities): number {
  for (let key = 0; key < faces.count; key++) {
    const vector = faceAt(faces, key)
    let sum = 0
    for (let i = 0; i < query.length; i++) sum += (vector[i] as number) * (query[i] as number)
    if (sum >= (best[0] as number) - 1e-9) return key
  }
  throw new Error('The nearest one is not there.')
}

function signsOf(vector: Float32Array, mean: Float64Array, words: number): Uint32Array {
  const code = new Uint32Array(words)
  for (const [i, value] of vector.entries()) {
    if (value > (mean[i] as number)) code[i >> 5] = (code[i >> 5] as number) | (1 << (i & 31))
  }
  return code
}

function distanceBetween(codes: Uint32Array, start: number, code: Uint32Array): number {
  let distance = 0
  for (let word = 0; word < code.length; word++) {
    let bits = (codes[start + word] as number) ^ (code[word] as number)
    bits -= (bits >>> 1) & 0x5555_5555
    bits = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333)
    distance += Math.imul((bits + (bits >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24
  }
  return distance
}
