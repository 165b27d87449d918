import { createPackedVectors } from '@visavis/usearch-wasm'
// Of the index by itself there is no public form.
import { KeySet } from '../../../packages/core/src/vector-index/key-set.ts'
import { PackedIndex } from '../../../packages/core/src/vector-index/packed-index.ts'
import { median, quantile, quartiles } from '../statistics.ts'
import { emptyResult, type SuiteResult } from '../suite.ts'
import { faceAt, facesAPerson, makeFaces, type Faces } from './faces.ts'
import { loops, type Rival, type RivalIndex } from './rivals/rival.ts'
import { timeInTurns, type Contender, type Samples, type TimingOptions } from './timing.ts'
import { meanRecall, searchExactly, type BestSimilarities } from './truth.ts'

export interface SizeRequest {
  /** What the metrics' names begin with: `search.<N>x<D>`. */
  readonly prefix: string
  readonly count: number
  readonly dimensions: number
  readonly queries: number
  readonly timing: TimingOptions
}

/** Hits asked for. */
export const limit = 10
const modes = ['FAST', 'ACCURATE'] as const
/** Of so many people one is allowed in a filtered search. */
const filtered = 100
/** A rival that finds fewer of the nearest ones is not timed. */
const leastRecall = 0.5

/** Vectors, what is known of them, and the index that has them. */
interface Scene {
  readonly faces: Faces
  readonly best: readonly BestSimilarities[]
  readonly index: PackedIndex
}

/** Measures the index at one size, beside rivals; runs in Node and in pages. */
export async function measureSize(request: SizeRequest, rivals: readonly Rival[]): Promise<SuiteResult> {
  const result = emptyResult()
  await measureBesideRivals(result, request, rivals)
  await measureInCone(result, request)
  return result
}

async function measureBesideRivals(
  result: SuiteResult,
  { prefix, count, dimensions, queries, timing }: SizeRequest,
  rivals: readonly Rival[],
): Promise<void> {
  const { metrics } = result
  const faces = makeFaces({ count, dimensions, queries, cone: false })
  const { index, readThrough, readySeconds, settledSeconds } = await buildIndex(faces)
  metrics[`${prefix}.build_s`] = settledSeconds
  metrics[`${prefix}.ready_s`] = readySeconds
  metrics[`${prefix}.bytes_per_face`] = index.memoryBytes / count
  const scene = { faces, best: searchExactly(faces, limit), index }
  measureRecall(result, prefix, scene)
  const among = checkFiltered(result, prefix, scene)
  const own = await timeInTurns(
    [
      ...modes.map((mode) => searchIn(index, mode)),
      { name: 'read', search: readThrough },
      { name: 'filtered', search: (query) => index.search(query, { mode: 'FAST', limit, among }) },
    ],
    faces.queries,
    timing,
  )
  putTimes(result, prefix, own)
  metrics[`${prefix}.scan_over_read`] = medianOf(own, 'accurate') / medianOf(own, 'read')
  putMedian(result, `${prefix}.filtered_1pct.p50_ms`, own, 'filtered')
  metrics[`${prefix}.filtered_1pct.over_unfiltered`] = medianOf(own, 'filtered') / medianOf(own, 'fast')

  // On their own, since the garbage of some rivals slows down the one that runs next.
  const { contenders, dispose } = await joinRivals(result, prefix, scene, rivals, timing.mostMilliseconds)
  const samples = await timeInTurns([searchIn(index, 'FAST'), ...contenders], faces.queries, timing)
  for (const { name } of contenders) putMedian(result, `${prefix}.rival.${name}.p50_ms`, samples, name)
  const times = loops.filter((name) => samples.has(name)).map((name) => medianOf(samples, name))
  if (times.length > 0) metrics[`${prefix}.speedup_over_loops`] = Math.min(...times) / medianOf(samples, 'fast')
  else result.missing[`${prefix}.speedup_over_loops`] = 'no loop took part'
  dispose()
  index.dispose()
}

/** The same for vectors that lie in a cone: what is similar is harder to tell from what is not. */
async function measureInCone(result: SuiteResult, request: SizeRequest): Promise<void> {
  const { count, dimensions, queries, timing } = request
  const prefix = `${request.prefix}.cone`
  const faces = makeFaces({ count, dimensions, queries, cone: true })
  const { index } = await buildIndex(faces)
  measureRecall(result, prefix, { faces, best: searchExactly(faces, limit), index })
  const samples = await timeInTurns(
    modes.map((mode) => searchIn(index, mode)),
    faces.queries,
    timing,
  )
  index.dispose()
  putTimes(result, prefix, samples)
}

async function buildIndex(faces: Faces) {
  const started = performance.now()
  const seconds = (): number => (performance.now() - started) / 1000
  const vectors = await createPackedVectors({ dimensions: faces.dimensions })
  const index = new PackedIndex(vectors)
  index.reserve(faces.count)
  for (let key = 0; key < faces.count; key++) index.add(key, faceAt(faces, key))
  index.search(faces.queries[0] as Float32Array, { mode: 'FAST', limit })
  const readySeconds = seconds()
  await index.settled()
  return { index, readySeconds, settledSeconds: seconds(), readThrough: () => vectors.readThrough() }
}

function searchIn(index: PackedIndex, mode: (typeof modes)[number]): Contender {
  return { name: mode.toLowerCase(), search: (query) => index.search(query, { mode, limit }) }
}

function measureRecall({ metrics }: SuiteResult, prefix: string, { faces, best, index }: Scene): void {
  for (const mode of modes) {
    const answers = faces.queries.map((query) => index.search(query, { mode, limit }).map(({ key }) => key))
    for (const depth of [1, limit]) {
      metrics[`${prefix}.${mode.toLowerCase()}.recall${depth}`] = meanRecall(faces, best, answers, depth)
    }
  }
}

/** The keys of one person in a hundred. */
function checkFiltered({ metrics }: SuiteResult, prefix: string, { faces, index }: Scene): KeySet {
  const among = new KeySet()
  for (let first = 0; first < faces.count; first += facesAPerson * filtered) {
    for (let key = first; key < Math.min(faces.count, first + facesAPerson); key++) among.add(key)
  }
  const answers = faces.queries.map((query) =>
    index.search(query, { mode: 'FAST', limit, among }).map(({ key }) => key),
  )
  if (answers.flat().some((key) => !among.has(key))) throw new Error('A filtered search gave what was filtered out.')
  const best = searchExactly(faces, limit, [...among])
  const wanted = Math.min(limit, among.size)
  metrics[`${prefix}.filtered_1pct.recall10`] = meanRecall(faces, best, answers, limit)
  metrics[`${prefix}.filtered_1pct.short`] = answers.filter(({ length }) => length < wanted).length
  return among
}

/** The rivals that run here and answer right. */
async function joinRivals(
  { metrics, missing }: SuiteResult,
  prefix: string,
  { faces, best }: Scene,
  rivals: readonly Rival[],
  checkMilliseconds: number,
): Promise<{ contenders: Contender[]; dispose: () => void }> {
  const contenders: Contender[] = []
  const joined: RivalIndex[] = []
  for (const { name, create } of rivals) {
    const metric = `${prefix}.rival.${name}`
    try {
      const rival = await create(faces)
      joined.push(rival)
      const answers: number[][] = []
      const started = performance.now()
      for (const query of faces.queries) {
        answers.push([rival.search(query)])
        // Some take so long that a few queries must do.
        if (performance.now() - started > checkMilliseconds) break
      }
      const recall = meanRecall(faces, best, answers, 1)
      if (recall < leastRecall) throw new Error(`it found only ${(recall * 100).toFixed(1)} % of the nearest ones`)
      metrics[`${metric}.recall1`] = recall
      contenders.push({ name, search: (query) => rival.search(query) })
    } catch (error) {
      const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
      for (const kind of ['p50_ms', 'recall1']) missing[`${metric}.${kind}`] = reason
    }
  }
  return {
    contenders,
    dispose: () => {
      for (const rival of joined) rival.dispose?.()
    },
  }
}

function putTimes(result: SuiteResult, prefix: string, samples: Samples): void {
  for (const mode of ['fast', 'accurate']) {
    putMedian(result, `${prefix}.${mode}.p50_ms`, samples, mode)
    result.metrics[`${prefix}.${mode}.p99_ms`] = quantile(samples.get(mode) ?? [], 0.99)
  }
}

function putMedian({ metrics, spread }: SuiteResult, metric: string, samples: Samples, name: string): void {
  metrics[metric] = medianOf(samples, name)
  spread[metric] = quartiles(samples.get(name) ?? [])
}

function medianOf(samples: Samples, name: string): number {
  return median(samples.get(name) ?? [])
}
