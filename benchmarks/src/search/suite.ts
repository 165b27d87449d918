import { graphSizesOf, listOf } from '../arguments.ts'
import { Progress } from '../progress.ts'
import { emptyResult, type Suite, type SuiteOptions, type SuiteResult, type Target } from '../suite.ts'
import { searchCharts } from './charts.ts'
import { openSearchPage, type SearchPage } from './chromium.ts'
import { needsGraphSize } from './graph-shape.ts'
import { measureGraph } from './measure-graph.ts'
import { limit, measureSize, type SizeRequest } from './measure-size.ts'
import { rivalsInNode } from './rivals/in-node.ts'
import { graphs, loops, natives, searchRivalNames, type SearchRivalName } from './rivals/rival.ts'
import { studyCodes } from './study-codes.ts'
import type { TimingOptions } from './timing.ts'

interface Extent {
  /** `<N>x<D>` */
  readonly inNode: readonly string[]
  readonly inChromium: readonly string[]
  /** N for which graphs are built, ours and the rivals'. */
  readonly graphSizes: readonly number[]
  /** Where codes are compared at equal recall. */
  readonly studied: readonly string[]
  readonly queries: number
  readonly timing: TimingOptions
}

const full: Extent = {
  inNode: ['1000x128', '10000x128', '100000x128', '1000000x128', '1000x512', '10000x512', '100000x512'],
  inChromium: ['1000x128', '10000x128', '100000x128', '300000x128', '10000x512'],
  graphSizes: [1000, 10_000],
  studied: ['10000x128', '100000x128', '1000000x128'],
  queries: 300,
  timing: { rounds: 3, mostMilliseconds: 10_000, leastMilliseconds: 0 },
}
const quick: Extent = {
  inNode: ['1000x128', '10000x128', '1000x512'],
  inChromium: ['1000x128'],
  graphSizes: [1000],
  studied: ['10000x128'],
  queries: 300,
  timing: { rounds: 1, mostMilliseconds: 500, leastMilliseconds: 0 },
}

/** Chromium's clock tells 5 microseconds apart. */
const leastMillisecondsInPage = 0.5
/** Beyond, one search of a loop takes a second and its lists gigabytes. */
const mostForLoops = 100_000

export const search: Suite = {
  name: 'search',
  asks: 'How long does it take to find the most similar of many templates, and are they found?',
  targets: targets(),
  run,
  charts: searchCharts,
}

async function run(options: SuiteOptions): Promise<SuiteResult> {
  const result = emptyResult()
  const extent = options.quick ? quick : full
  const graphSizes = graphSizesOf(options.graphSizes, extent.graphSizes)
  const named = listOf(options.rivals, searchRivalNames)
  const rivals = searchRivalNames.filter((name) => named.includes(name))
  const studied = options.study === true ? extent.studied : []
  const graphed = extent.inNode.filter((size) => graphSizes.includes(countOf(size)))
  const progress = new Progress(
    'search',
    extent.inNode.length + graphed.length + extent.inChromium.length + studied.length,
  )
  for (const size of extent.inNode) {
    const request = requestOf('search', size, extent)
    const taking = takePart(result, request, rivals, graphSizes)
    add(
      result,
      await measureSize(
        request,
        rivalsInNode.filter(({ name }) => taking.includes(name)),
      ),
    )
    progress.step()
    if (!graphed.includes(size)) continue
    add(result, await measureGraph(request))
    progress.step()
  }
  for (const size of studied) {
    add(result, await studyCodes(requestOf('search', size, extent), graphSizes))
    progress.step()
  }
  await runInChromium(result, extent, { rivals, graphSizes, progress })
  result.notes.unshift(...notes(extent))
  return result
}

async function runInChromium(
  result: SuiteResult,
  extent: Extent,
  { rivals, graphSizes, progress }: { rivals: SearchRivalName[]; graphSizes: number[]; progress: Progress },
): Promise<void> {
  let opened: SearchPage
  try {
    opened = await openSearchPage()
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    for (const size of extent.inChromium) result.missing[`search.chromium.${size}.fast.p50_ms`] = reason
    return
  }
  await using page = opened
  const inPage = rivals.filter((name) => !natives.includes(name))
  for (const size of extent.inChromium) {
    const request = requestOf('search.chromium', size, extent, leastMillisecondsInPage)
    add(result, await page.measure(request, takePart(result, request, inPage, graphSizes)))
    progress.step()
  }
  result.notes.push(
    `search.chromium.*: the same code in a page of Chromium ${page.version}, built by Vite, isolated so that the clock tells 5 microseconds apart; each sample is the mean of as many queries in a row as take ${leastMillisecondsInPage} ms.`,
  )
}

function notes({ queries, timing }: Extent): string[] {
  return [
    `Vectors are synthetic and seeded: five of a person, cosine 0.6 within a person and 0 between people on average, variance falling as (i + 1)^-0.8, rotated at random; in the cone all have a direction in common, with 0.89 and 0.72. ${queries} queries, new vectors of the same people. Recall is against comparing with all in float64; hits as good as the right ones to 1e-6 count.`,
    `One thread, one process, in turns of ten queries, each query ${timing.rounds} times, or as many as ${timing.mostMilliseconds / 1000} s allow. ${limit} hits are asked for. speedup_over_loops: the faster of human's and face-api's loops over FAST, taken in turn; scan_over_read: ACCURATE, which reads all int8 rows and compares the best in 24 bits, over reading the same bytes.`,
  ]
}

/** The rivals that can run at a size; why others cannot is put into the result. */
function takePart(
  { missing }: SuiteResult,
  { prefix, count }: SizeRequest,
  rivals: readonly SearchRivalName[],
  graphSizes: readonly number[],
): SearchRivalName[] {
  return rivals.filter((name) => {
    let reason: string | undefined
    if (loops.includes(name) && count > mostForLoops) reason = 'a search of a loop would take a second'
    if (graphs.includes(name) && !graphSizes.includes(count)) reason = needsGraphSize
    if (reason === undefined) return true
    for (const metric of ['p50_ms', 'recall1']) missing[`${prefix}.rival.${name}.${metric}`] = reason
    return false
  })
}

function requestOf(prefix: string, size: string, extent: Extent, leastMilliseconds = 0): SizeRequest {
  return {
    prefix: `${prefix}.${size}`,
    count: countOf(size),
    dimensions: Number(size.split('x')[1]),
    queries: extent.queries,
    timing: { ...extent.timing, leastMilliseconds },
  }
}

function countOf(size: string): number {
  return Number(size.split('x')[0])
}

function add(result: SuiteResult, { metrics, missing, spread, notes: more }: SuiteResult): void {
  Object.assign(result.metrics, metrics)
  Object.assign(result.missing, missing)
  Object.assign(result.spread, spread)
  result.notes.push(...more)
}

function targets(): Record<string, Target> {
  const wanted: Record<string, Target> = {}
  for (const place of ['search', 'search.chromium']) {
    for (const size of place === 'search' ? full.inNode : full.inChromium) {
      const prefix = `${place}.${size}`
      // Where all fits into the processor's caches, reading takes no time to speak of.
      if (countOf(size) >= 100_000) wanted[`${prefix}.scan_over_read`] = { most: 1.5 }
      wanted[`${prefix}.graph_over_native`] = { most: 1.5 }
      wanted[`${prefix}.filtered_1pct.over_unfiltered`] = { most: 1 }
      wanted[`${prefix}.filtered_1pct.short`] = { most: 0 }
    }
    for (const data of ['', '.cone']) {
      wanted[`${place}.100000x128${data}.fast.p50_ms`] = { most: 1.5 }
      wanted[`${place}.100000x128${data}.fast.recall1`] = { least: 0.999 }
      wanted[`${place}.100000x128${data}.accurate.p50_ms`] = { most: 5 }
      wanted[`${place}.100000x128${data}.accurate.recall1`] = { least: 1 }
      for (const many of ['300000x128', '1000000x128']) {
        wanted[`${place}.${many}${data}.fast.p50_ms`] = { most: 8 }
        wanted[`${place}.${many}${data}.fast.recall1`] = { least: 0.98 }
      }
    }
    wanted[`${place}.100000x128.speedup_over_loops`] = { least: 50 }
    wanted[`${place}.1000000x128.bytes_per_face`] = { most: 450 }
    wanted[`${place}.1000000x128.ready_s`] = { most: 30 }
  }
  return wanted
}
