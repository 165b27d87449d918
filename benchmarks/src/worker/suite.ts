import { globSync, statSync } from 'node:fs'
import path from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { findChromium } from '../../../scripts/chromium.mjs'
import { photographCrops, type PersonCrops } from '../recognize/crops.ts'
import { median, quartiles } from '../statistics.ts'
import { emptyResult, type Suite, type SuiteOptions, type SuiteResult } from '../suite.ts'
import { longestMainTask, traceCategories } from './main-tasks.ts'
import type { Bench } from './page.js'
import { servePage, type PageServer } from './page-server.ts'

interface Extent {
  readonly photographs: number
  readonly starts: number
  readonly timed: number
  readonly watched: number
  readonly grown: number
  readonly rounds: number
}

const full: Extent = { photographs: 6, starts: 7, timed: 300, watched: 100, grown: 1000, rounds: 7 }
const quick: Extent = { photographs: 1, starts: 1, timed: 30, watched: 20, grown: 40, rounds: 2 }

/** Searches after which everything that is made once has been made. */
const warmUp = 20
/** Searches before the memory is first looked at. */
const firstLook = 100

export const worker: Suite = {
  name: 'worker',
  asks: 'What does a matcher in a worker cost a page, and what does it leave alone?',
  targets: {
    'worker.overhead.p50_ms': { most: 1 },
    'worker.longest_main_task_ms': { most: 8 },
    'worker.lost_frames': { most: 0 },
    'worker.pool_speedup': { least: 1.6 },
  },
  lacks,
  run,
}

const packages = path.resolve(import.meta.dirname, '../../../packages')

/** The page runs the packages as they are built. */
function lacks(): string | undefined {
  const built = globSync(path.join(packages, 'worker/dist/worker/browser.js'))[0]
  if (built === undefined) return 'packages/worker is not built; run `pnpm build`'
  const { mtimeMs } = statSync(built)
  const sources = globSync(path.join(packages, '{worker,core,usearch-wasm,models}/src/**/*.ts'))
  const isNewer = (file: string): boolean => !file.endsWith('.test.ts') && statSync(file).mtimeMs > mtimeMs
  return sources.some(isNewer) ? 'packages/worker is older than its sources; run `pnpm build`' : undefined
}

async function run(options: SuiteOptions): Promise<SuiteResult> {
  const result = emptyResult()
  const extent = options.quick ? quick : full
  const people = await photographCrops(extent.photographs)
  await using resources = new AsyncDisposableStack()
  const server = resources.adopt(await servePage(), (served) => served.close())
  const browser = resources.adopt(await launch(), (launched) => launched.close())
  result.notes.push(
    `Chromium ${browser.version()}, headless, from a server on this machine; ${people.length} people from the photographs of face-api's package, one crop each enrolled, another one searched, FAST.`,
  )
  await measureStarts(result, { browser, server, people, starts: extent.starts })
  const context = await browser.newContext()
  const page = await openPage(context, server, people)
  await call(page, 'start')
  await call(page, 'enroll')
  await call(page, 'searches', warmUp)
  await measureOverhead(result, page, extent.timed)
  await measureFrames(result, browser, page, extent.watched)
  await measureGrowth(result, page, extent.grown)
  await call(page, 'close')
  await measurePool(result, page, extent.rounds)
  await context.close()
  return result
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      // Memory is measured on request, after a collection, instead of some time later.
      '--enable-blink-features=ForceEagerMeasureMemory',
    ],
  })
}

async function openPage(context: BrowserContext, { url }: PageServer, people: readonly PersonCrops[]): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => {
    throw error
  })
  await page.goto(url)
  await page.waitForFunction(() => 'bench' in globalThis)
  await call(
    page,
    'give',
    people.map(({ first, second }) => ({
      width: first.width,
      height: first.height,
      enrolled: base64(first.data),
      probe: base64(second.data),
    })),
  )
  return page
}

function base64(data: Uint8Array | Uint8ClampedArray): string {
  return Buffer.from(data).toString('base64')
}

/** Calls one of the page's functions. */
function call<K extends keyof Bench>(
  page: Page,
  name: K,
  ...args: Parameters<Bench[K]>
): Promise<Awaited<ReturnType<Bench[K]>>> {
  return page.evaluate(
    ([key, given]) => {
      const { bench } = globalThis as unknown as { bench: Record<string, (...args: unknown[]) => unknown> }
      return bench[key as string]?.(...(given as unknown[]))
    },
    [name, args] as const,
  ) as Promise<Awaited<ReturnType<Bench[K]>>>
}

interface StartRequest {
  readonly browser: Browser
  readonly server: PageServer
  readonly people: readonly PersonCrops[]
  readonly starts: number
}

async function measureStarts(
  { metrics, spread, notes }: SuiteResult,
  { browser, server, people, starts }: StartRequest,
): Promise<void> {
  const cold: number[] = []
  const warm: number[] = []
  let downloaded = 0
  for (let i = 0; i < starts; i++) {
    const context = await browser.newContext()
    const before = server.sent()
    const first = await openPage(context, server, people)
    const started = await call(first, 'start')
    if (started.found.length > 0) throw new Error('somebody was found where nobody is enrolled')
    cold.push(started.milliseconds)
    downloaded = server.sent() - before
    await call(first, 'enroll')
    await call(first, 'close')
    await keepOffline(first, server, people)
    const sent = server.sent()
    const again = await openPage(context, server, people)
    const restarted = await call(again, 'start')
    if (restarted.found[0] !== '0') throw new Error('whoever was enrolled was not found after the restart')
    if (server.sent() !== sent) throw new Error('the warm start asked the server')
    warm.push(restarted.milliseconds)
    await context.close()
  }
  metrics['worker.cold_start_ms'] = median(cold)
  spread['worker.cold_start_ms'] = quartiles(cold)
  metrics['worker.warm_start_ms'] = median(warm)
  spread['worker.warm_start_ms'] = quartiles(warm)
  metrics['worker.download_bytes'] = downloaded
  notes.push(
    `Starts: from the beginning of the page to the first answer, ${starts} fresh profiles, nobody enrolled; warm with everything from a service worker's cache and everybody in IndexedDB. worker.download_bytes: all bodies of the cold start, compressed with gzip but for the weights.`,
  )
}

/** Has a service worker keep all files, by starting once more with it. */
async function keepOffline(page: Page, server: PageServer, people: readonly PersonCrops[]): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/service-worker.js')
    await navigator.serviceWorker.ready
  })
  await page.close()
  const again = await openPage(page.context(), server, people)
  await call(again, 'start')
  await call(again, 'close')
  await again.close()
}

async function measureOverhead({ metrics, spread, notes }: SuiteResult, page: Page, count: number): Promise<void> {
  const { overheads, wrong } = await call(page, 'searches', count)
  metrics['worker.overhead.p50_ms'] = median(overheads)
  spread['worker.overhead.p50_ms'] = quartiles(overheads)
  notes.push(
    `worker.overhead.p50_ms: from the call to the answer less the work inside, ${count} searches one after the other, 120x120 RGB pixels; ${wrong} of them did not find their person first.`,
  )
}

async function measureFrames(
  { metrics, notes }: SuiteResult,
  browser: Browser,
  page: Page,
  count: number,
): Promise<void> {
  await browser.startTracing(page, { categories: [...traceCategories] })
  const { working, idle, milliseconds } = await call(page, 'frames', count)
  const trace = (await browser.stopTracing()).toString()
  metrics['worker.lost_frames'] = working - idle
  const { busy, elapsed } = longestMainTask(trace, 'searching', 'searched')
  metrics['worker.longest_main_task_ms'] = busy
  notes.push(
    `Frames: ${working} of requestAnimationFrame's were lost in ${Math.round(milliseconds)} ms of ${count} searches, ${idle} in as long without any. worker.longest_main_task_ms: the longest task of the page's main thread that ran a script meanwhile, in processor time, from Chromium's trace; with the time in which other processes had the processor it is ${elapsed.toFixed(1)} ms.`,
  )
}

async function measureGrowth({ metrics, notes }: SuiteResult, page: Page, count: number): Promise<void> {
  await call(page, 'searches', firstLook)
  const before = await call(page, 'memory')
  await call(page, 'searches', count)
  const after = await call(page, 'memory')
  metrics['worker.heap_growth_bytes'] = after - before
  notes.push(
    `worker.heap_growth_bytes: what performance.measureUserAgentSpecificMemory() counts of page and worker after a collection, ${count} searches later; ${mebibytes(before)} before.`,
  )
}

async function measurePool({ metrics, spread, notes }: SuiteResult, page: Page, rounds: number): Promise<void> {
  const times = await call(page, 'pools', rounds)
  const [one = [], two = []] = [times[1], times[2]]
  const ratios = one.map((milliseconds, i) => milliseconds / (two[i] as number))
  metrics['worker.pool_speedup'] = median(ratios)
  spread['worker.pool_speedup'] = quartiles(ratios)
  notes.push(
    `worker.pool_speedup: 24 people enrolled with a pool of one worker over a pool of two, ${rounds} rounds in turn; one worker takes ${Math.round(median(one))} ms.`,
  )
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
