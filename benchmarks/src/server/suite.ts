import type { Pixels } from '@visavis/core'
import sharp from 'sharp'
import { Progress } from '../progress.ts'
import { photographCrops, type PersonCrops } from '../recognize/crops.ts'
import { median, quantile, quartiles } from '../statistics.ts'
import { emptyResult, type Suite, type SuiteOptions, type SuiteResult } from '../suite.ts'
import { personId } from './gallery.ts'
import { measureHealth } from './health.ts'
import { makeLoad, type Load } from './load.ts'
import { ServerProcess } from './server-process.ts'

interface Extent {
  readonly photographs: number
  readonly people: number
  /** Each of them as many searches over HTTP as in process, one after the other. */
  readonly rounds: number
  readonly loadSeconds: number
  readonly soakSeconds: number
  /** How long photographs are sent while the server is asked whether it lives. */
  readonly healthSeconds: number
}

const full: Extent = {
  photographs: 6,
  people: 10_000,
  rounds: 40,
  loadSeconds: 30,
  soakSeconds: 600,
  healthSeconds: 60,
}
const quick: Extent = { photographs: 1, people: 10_000, rounds: 3, loadSeconds: 3, soakSeconds: 4, healthSeconds: 6 }

/** Callers at once who use up what the server can do, and have not long to wait. */
const busyCallers = 4
/** How many searches the server takes in before it refuses more: one that recognizes, and those that wait. */
const places = 33
const minScore = 0.7
const token = 'token-of-the-benchmarks'

export const server: Suite = {
  name: 'server',
  asks: 'What does HTTP cost over the same search in process, and what happens when too much is asked?',
  targets: {
    'server.over_in_process': { most: 1.3 },
    'server.shed_recovers': { least: 1 },
    'server.health_p99_ms': { most: 100 },
    'server.heap_growth_bytes': { most: 2 ** 21 },
  },
  run,
}

interface Probes {
  readonly pictures: readonly Uint8Array[]
  readonly bodies: readonly string[]
}

async function run({ quick: isQuick }: SuiteOptions): Promise<SuiteResult> {
  const result = emptyResult()
  const extent = isQuick ? quick : full
  await using child = new ServerProcess()
  const crops = await photographCrops(extent.photographs)
  const start = { kind: 'start', people: crops, count: extent.people, token } as const
  const { url } = await child.ask(start, 'started')
  const probes = await checkedProbes(child, crops)
  result.notes.push(
    `${extent.people} people: ${crops.length} real ones from the photographs of face-api's package, the others with seeded synthetic templates; searches are FAST, of JPEG crops of 120x120 pixels, answers carry thumbnails. Server and load are two processes on one machine, over loopback.`,
  )
  await compareWithInProcess(result, { child, url, probes, rounds: extent.rounds })
  const capacity = await measureCapacity(result, { url, probes, seconds: extent.loadSeconds })
  await overload(result, { url, probes, capacity, seconds: extent.loadSeconds })
  await soak(result, { child, url, probes, seconds: extent.soakSeconds })
  await health(result, extent.healthSeconds)
  return result
}

/** The second crops of the people whom the search in process finds by them. */
async function checkedProbes(child: ServerProcess, people: readonly PersonCrops[]): Promise<Probes> {
  const files = await Promise.all(people.map(({ second }) => toJpeg(second)))
  const { found } = await child.ask({ kind: 'search', pictures: files, minScore }, 'searched')
  const pictures = files.filter((_, i) => found[i] === personId(i))
  if (pictures.length < files.length * 0.7) {
    throw new Error(`Only ${pictures.length} of ${files.length} people were found by their second crop.`)
  }
  const bodies = pictures.map((picture) =>
    JSON.stringify({ images: [Buffer.from(picture).toString('base64')], min_score: minScore, search_mode: 'FAST' }),
  )
  return { pictures, bodies }
}

async function compareWithInProcess(
  { metrics, spread, notes }: SuiteResult,
  { child, url, probes, rounds }: { child: ServerProcess; url: string; probes: Probes; rounds: number },
): Promise<void> {
  const here: number[] = []
  const there: number[] = []
  const progress = new Progress('one at a time', rounds)
  const { pictures, bodies } = probes
  for (let round = -1; round < rounds; round++) {
    const { milliseconds } = await child.ask({ kind: 'search', pictures, minScore }, 'searched')
    const load = await makeLoad({ url, token, bodies, connections: 1, extent: { requests: bodies.length } })
    expectAllServed(load, bodies.length)
    // The first one warms up.
    if (round < 0) continue
    here.push(...milliseconds)
    there.push(...load.milliseconds)
    progress.step()
  }
  metrics['server.p50_ms'] = median(there)
  spread['server.p50_ms'] = quartiles(there)
  metrics['server.p99_ms'] = quantile(there, 0.99)
  metrics['server.over_in_process'] = median(there) / median(here)
  notes.push(
    `server.p50_ms and p99_ms: one search at a time, ${there.length} of them, in turn with as many in process, which took ${median(here).toFixed(1)} ms (median) and ${quantile(here, 0.99).toFixed(1)} ms (p99).`,
  )
}

async function measureCapacity(
  { metrics, notes }: SuiteResult,
  { url, probes, seconds }: { url: string; probes: Probes; seconds: number },
): Promise<number> {
  const load = await makeLoad({ url, token, bodies: probes.bodies, connections: busyCallers, extent: { seconds } })
  expectOrderly(load)
  const capacity = load.milliseconds.length / load.seconds
  metrics['server.searches_per_s'] = capacity
  notes.push(
    `server.searches_per_s: ${busyCallers} callers, each with one search at a time, for ${seconds} s; theirs took ${median(load.milliseconds).toFixed(0)} ms (median) and ${quantile(load.milliseconds, 0.99).toFixed(0)} ms (p99), waiting included.`,
  )
  return capacity
}

async function overload(
  { metrics, notes }: SuiteResult,
  { url, probes, capacity, seconds }: { url: string; probes: Probes; capacity: number; seconds: number },
): Promise<void> {
  const { bodies } = probes
  // Those who wait for their turn send nothing meanwhile and use up what there is; as much again comes from the others,
  // and on a slow machine more than that, so that there is something to refuse.
  const connections = places + Math.max(30, Math.ceil(capacity))
  const load = await makeLoad({ url, token, bodies, connections, extent: { seconds }, paced: true })
  const after = await makeLoad({ url, token, bodies, connections: 1, extent: { requests: bodies.length } })
  const { 200: served = 0, 429: limited = 0, 503: shed = 0, ...others } = load.statuses
  const recovered = after.errors === 0 && after.statuses[200] === bodies.length
  const orderly = load.errors === 0 && Object.keys(others).length === 0 && shed + limited > 0 && served > 0
  metrics['server.shed_recovers'] = orderly && recovered ? 1 : 0
  const lost = load.errors + Object.values(others).reduce((sum, count) => sum + count, 0)
  const share = (count: number): string => `${((count / load.seconds / capacity) * 100).toFixed(0)} %`
  notes.push(
    `Too much: ${connections} callers, each with one search a second at most, for ${seconds} s asked for ${share(served + shed + limited + lost)} of server.searches_per_s: ${share(served)} served, ${share(shed + limited)} refused with 429 or 503, ${lost} searches lost; ${after.statuses[200] ?? 0} of ${bodies.length} served right after it, in ${median(after.milliseconds).toFixed(1)} ms (median).`,
  )
}

/** As many searches as come in so long a time, and what is held more after them than after the first tenth. */
async function soak(
  { metrics, notes }: SuiteResult,
  { child, url, probes, seconds }: { child: ServerProcess; url: string; probes: Probes; seconds: number },
): Promise<void> {
  const { bodies } = probes
  const load = (share: number): Promise<Load> =>
    makeLoad({ url, token, bodies, connections: busyCallers, extent: { seconds: Math.max(1, seconds * share) } })
  const first = await load(0.1)
  const before = await child.ask({ kind: 'measure' }, 'measured')
  const rest = await load(0.9)
  const after = await child.ask({ kind: 'measure' }, 'measured')
  for (const part of [first, rest]) expectOrderly(part)
  const { scriptBytes, outsideBytes } = after
  metrics['server.heap_growth_bytes'] = scriptBytes + outsideBytes - before.scriptBytes - before.outsideBytes
  notes.push(
    `server.heap_growth_bytes: JavaScript's heap and what it holds outside (pictures, WebAssembly) after ${first.milliseconds.length + rest.milliseconds.length} searches, less after the first ${first.milliseconds.length}, both after a collection; ${mebibytes(scriptBytes)} and ${mebibytes(outsideBytes)} at the end.`,
  )
}

/** The command's server, with recognition in threads of its own. */
async function health({ metrics, spread, notes }: SuiteResult, seconds: number): Promise<void> {
  const { milliseconds, statuses } = await measureHealth(seconds)
  const { 200: served = 0, 503: shed = 0, 504: late = 0, ...others } = statuses
  if (Object.keys(others).length > 0) throw new Error(`Photographs were refused: ${JSON.stringify(statuses)}.`)
  metrics['server.health_p99_ms'] = quantile(milliseconds, 0.99)
  spread['server.health_p99_ms'] = quartiles(milliseconds)
  notes.push(
    `server.health_p99_ms: ${milliseconds.length} requests of /health to visavis serve, one after the other, while four callers send it photographs of 23.5 megapixels to find faces in for ${seconds} s (${served} found, ${shed} refused, ${late} given up); the longest took ${Math.max(...milliseconds).toFixed(0)} ms.`,
  )
}

/** Served, or refused as too much; a machine that is busy with other things may come to that. */
function expectOrderly({ statuses, errors }: Load): void {
  const { 200: served = 0, 429: limited = 0, 503: shed = 0, ...others } = statuses
  if (errors > 0 || Object.keys(others).length > 0 || served <= limited + shed) {
    throw new Error(`Searches were not served: ${JSON.stringify(statuses)}, ${errors} lost.`)
  }
}

/** What is not served cannot be timed. */
function expectAllServed(load: Load, count: number): void {
  expectOrderly(load)
  if (load.statuses[200] !== count) throw new Error(`Searches were refused: ${JSON.stringify(load.statuses)}.`)
}

async function toJpeg({ width, height, channels, data }: Pixels): Promise<Uint8Array> {
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels } }).removeAlpha().jpeg({ quality: 90 }).toBuffer(),
  )
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
