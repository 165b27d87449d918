import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createMatcher, inspectImageFile, type LocalMatcher, type Pixels } from '@visavis/core'
import { toPixels } from '@visavis/core/kit'
import { sqliteStore } from '@visavis/core/sqlite'
import { createVerifikClient, syncCollection, type SyncReport, type VerifikClient } from '@visavis/remote'
import { createRecognizerPool, type RecognizerPool } from '@visavis/worker'
import sharp from 'sharp'
import { peopleOf } from '../arguments.ts'
import { childArguments } from '../contenders/process.ts'
import { readDataset } from '../dataset.ts'
import { Progress } from '../progress.ts'
import { photographCrops } from '../recognize/crops.ts'
import { emptyResult, type Suite, type SuiteOptions, type SuiteResult } from '../suite.ts'
import type { SourceReply, SourceRequest } from './source-child.ts'

interface Extent {
  readonly people: number
  /** How many crops the pool alone is measured with, before and again after the sync. */
  readonly alone: number
  /** How many people are synced by a process that is killed. */
  readonly interrupted: number
}

const full: Extent = { people: 20_000, alone: 1000, interrupted: 1000 }
const quick: Extent = { people: 200, alone: 100, interrupted: 60 }

const token = 'token-of-the-benchmarks'
const all = 'all'
const some = 'some'
const cropSize = 120
/** As many as a sync reads at once. */
const atOnce = 16

export const sync: Suite = {
  name: 'sync',
  asks: 'How fast is a collection brought over, beside the recognizer alone, and what does it cost when nothing has changed?',
  targets: {
    'sync.efficiency': { least: 0.9 },
    'sync.resume_lost_people': { most: 0 },
  },
  run,
}

async function run({ quick: isQuick, dataset, people: peopleText }: SuiteOptions): Promise<SuiteResult> {
  const result = emptyResult()
  const usual = isQuick ? quick : full
  const people = peopleOf(peopleText, usual.people)
  const interrupted = Math.min(usual.interrupted, people)
  const pictures = await cropFiles(dataset, people)
  await using resources = new AsyncDisposableStack()
  const folder = resources.adopt(await mkdtemp(path.join(os.tmpdir(), 'visavis-bench-')), (name) =>
    rm(name, { recursive: true }),
  )
  const source = resources.adopt(startChild('source-child.ts'), stop)
  const url = await serve(source, { pictures, people, collections: { [all]: people, [some]: interrupted }, token })
  const client = createVerifikClient({ baseUrl: url, token, server: 'visavis' })
  const pool = await createRecognizerPool()
  const store = await sqliteStore({ path: path.join(folder, 'whole.db') })
  // The matcher closes both.
  const matcher = resources.use(await createMatcher({ recognizer: pool, store }))
  result.notes.push(
    `${people} people with one JPEG crop each, ${pictures.length} different ones ${dataset === undefined ? "from the photographs of face-api's package" : 'of the dataset'}, in a process of its own on the same machine that serves them over loopback; ${pool.size} recognizers, SQLite.`,
  )
  await measureSpeed(result, { client, matcher, pool, pictures, people, alone: Math.min(usual.alone, people) })
  await interrupt(result, { client, url, matcher, path: path.join(folder, 'interrupted.db'), people: interrupted })
  return result
}

interface Setup {
  readonly client: VerifikClient
  readonly matcher: LocalMatcher
}

async function measureSpeed(
  { metrics, notes }: SuiteResult,
  {
    client,
    matcher,
    pool,
    pictures,
    people,
    alone,
  }: Setup & { pool: RecognizerPool; pictures: readonly Uint8Array[]; people: number; alone: number },
): Promise<void> {
  const crops: Pixels[] = []
  for (let i = 0; i < alone; i++) crops.push(await toPixels(pictures[i % pictures.length] as Uint8Array))
  // The first pictures make the recognizers warm.
  await recognizeAll(pool, crops.slice(0, atOnce * 2))
  const before = await recognizeAll(pool, crops)
  const progress = new Progress('Syncing', people)
  let seen = 0
  const first = await timed(() =>
    syncCollection({
      client,
      matcher,
      collectionId: all,
      onProgress(now) {
        for (; now.phase === 'reading' && seen < now.people; seen++) progress.step()
      },
    }),
  )
  const after = await recognizeAll(pool, crops)
  expectWhole(first.report, people)
  const perSecond = people / first.seconds
  const alonePerSecond = (before + after) / 2
  metrics['sync.people_per_s'] = perSecond
  metrics['sync.efficiency'] = perSecond / alonePerSecond
  const unusable = first.report.problems.length
  notes.push(
    `sync.efficiency: the recognizers alone make ${alonePerSecond.toFixed(1)} templates a second of ${alone} of the same crops, decoded before (${before.toFixed(1)} before the sync, ${after.toFixed(1)} after it); the sync also downloads, decodes and stores. ${unusable} people have no usable face.`,
  )
  const second = await timed(() => syncCollection({ client, matcher, collectionId: all }))
  if (second.report.unchanged !== people || second.report.pictures !== 0) {
    throw new Error('A sync without changes changed something.')
  }
  metrics['sync.no_change_s'] = second.seconds
}

/** Kills a process in the middle of a sync, continues with its store here, and counts the people who are missing. */
async function interrupt(
  { metrics, notes }: SuiteResult,
  { client, url, matcher, path: file, people }: Setup & { url: string; path: string; people: number },
): Promise<void> {
  const child = startChild('interrupted-child.ts', [file, url, token, some])
  const exited = once(child, 'exit')
  child.on('message', (read: number) => {
    if (read >= people / 2) child.kill('SIGKILL')
  })
  await exited
  if (child.signalCode !== 'SIGKILL') throw new Error('The sync ended before it could be killed.')
  const recognizer = await createRecognizerPool()
  await using resumed = await createMatcher({ recognizer, store: await sqliteStore({ path: file }) })
  const report = await syncCollection({ client, matcher: resumed, collectionId: some })
  expectWhole(report, people)
  const expected = await matcher.records.persons((await matcher.records.ids(all)).slice(0, people))
  const found = new Map((await resumed.records.persons(await resumed.records.ids(some))).map((one) => [one.id, one]))
  const lost = expected.filter(
    ({ id, faces }) => found.get(id)?.faces[0]?.template.length !== faces[0]?.template.length,
  )
  metrics['sync.resume_lost_people'] = lost.length
  notes.push(
    `sync.resume_lost_people: of ${people}, after a process was killed that had read half of them; ${report.resumed} did not have to be read again.`,
  )
}

function expectWhole({ complete, people }: SyncReport, expected: number): void {
  if (!complete || people !== expected) throw new Error(`The sync saw ${people} of ${expected} people.`)
}

async function timed(work: () => Promise<SyncReport>): Promise<{ report: SyncReport; seconds: number }> {
  const started = performance.now()
  const report = await work()
  return { report, seconds: (performance.now() - started) / 1000 }
}

/** @returns Templates a second. */
async function recognizeAll(pool: RecognizerPool, crops: readonly Pixels[]): Promise<number> {
  const waiting = [...crops]
  const started = performance.now()
  const work = async (): Promise<void> => {
    for (let crop = waiting.pop(); crop !== undefined; crop = waiting.pop()) {
      // A crop without a usable face costs its time all the same, here and in the sync.
      await pool.recognize(crop, { mode: 'ACCURATE', purpose: 'search' }).catch(() => undefined)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return crops.length / ((performance.now() - started) / 1000)
}

/** JPEG files of crops, as many as there are people at most. */
async function cropFiles(dataset: string | undefined, most: number): Promise<Uint8Array[]> {
  if (dataset === undefined) {
    const crops = await photographCrops(6)
    return Promise.all(
      crops.slice(0, most).map(async ({ first: { data, width, height } }) => {
        const raw = { width, height, channels: 3 } as const
        return sharp(data, { raw }).jpeg({ quality: 92 }).toBuffer()
      }),
    )
  }
  const files: Uint8Array[] = []
  for (const { file } of (await readDataset(dataset)).images.slice(0, most)) files.push(await cropFile(file))
  return files
}

async function cropFile(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file)
  const { format, width, height } = inspectImageFile(bytes)
  if (format === 'jpeg' && Math.max(width, height) <= cropSize) return bytes
  const size = { width: cropSize, height: cropSize, fit: 'inside', withoutEnlargement: true } as const
  return sharp(bytes).autoOrient().resize(size).jpeg({ quality: 92 }).toBuffer()
}

function startChild(name: string, args: readonly string[] = []): ChildProcess {
  return fork(new URL(name, import.meta.url), args, {
    serialization: 'advanced',
    execArgv: childArguments,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

async function serve(child: ChildProcess, request: SourceRequest): Promise<string> {
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`The serving process ended with exit code ${String(code)}.`)
  })
  failed.catch(() => undefined)
  const ready = once(child, 'message') as Promise<[SourceReply]>
  child.send(request)
  const [{ url }] = await Promise.race([ready, failed])
  return url
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill()
  await exited
}
