import { createMatcher, encryptedStore, type Store } from '@visavis/core'
import { sqliteStore } from '@visavis/core/sqlite'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Progress } from '../progress.ts'
import { median, quartiles } from '../statistics.ts'
import { emptyResult, type Suite, type SuiteOptions, type SuiteResult } from '../suite.ts'
import { fill, recognizerOf, syntheticPerson } from './people.ts'

interface Extent {
  /** How often the large store is opened. */
  readonly openings: number
  /** People in the stores that are compared, plain and encrypted. */
  readonly compared: number
  readonly comparisons: number
  /** How many people are enrolled one by one. */
  readonly enrolled: number
}

const full: Extent = { openings: 5, compared: 20_000, comparisons: 5, enrolled: 1000 }
const quick: Extent = { openings: 1, compared: 2000, comparisons: 1, enrolled: 100 }

const large = 100_000
const pixel = { data: new Uint8Array(12), width: 2, height: 2, channels: 3 } as const
const key = new Uint8Array(32).fill(1)

export const store: Suite = {
  name: 'store',
  asks: 'How soon does a large store answer, what does a durable write take, and what does encryption cost?',
  targets: { 'store.open_100000_s': { most: 3 } },
  run,
}

async function run({ quick: isQuick }: SuiteOptions): Promise<SuiteResult> {
  const result = emptyResult()
  const extent = isQuick ? quick : full
  const folder = await mkdtemp(path.join(tmpdir(), 'visavis-bench-store-'))
  try {
    await openLarge(result, path.join(folder, 'large.db'), extent)
    await enroll(result, path.join(folder, 'enroll.db'), extent)
    await compareEncrypted(result, folder, extent)
  } finally {
    await rm(folder, { recursive: true })
  }
  result.notes.push(
    `People have one template of 128 values and one thumbnail of 4,000 bytes, in SQLite in the folder for temporary files; the file is in the system's cache. Opening is from sqliteStore to the answer of the first search of all people, without recognition. A write has one person, and is on the disk when it resolves.`,
  )
  return result
}

async function openLarge({ metrics, spread }: SuiteResult, file: string, { openings }: Extent): Promise<void> {
  const filled = await sqliteStore({ path: file })
  await fill(filled, large)
  await filled.close()
  metrics['store.bytes_per_person'] = (await stat(file)).size / large
  const seconds: number[] = []
  const progress = new Progress('opening', openings)
  for (let i = 0; i < openings; i++) {
    seconds.push(await secondsToOpen(() => sqliteStore({ path: file }), large))
    progress.step()
  }
  metrics['store.open_100000_s'] = median(seconds)
  spread['store.open_100000_s'] = quartiles(seconds)
}

/** From opening to the first answer, which is checked. */
async function secondsToOpen(open: () => Promise<Store>, people: number): Promise<number> {
  const number = Math.floor(people * 0.7)
  const started = performance.now()
  await using matcher = await createMatcher({ recognizer: recognizerOf(number), store: await open() })
  const { candidates } = await matcher.search(pixel, { minScore: 0.7, mode: 'FAST' })
  const seconds = (performance.now() - started) / 1000
  if (candidates[0]?.id !== syntheticPerson(number).id) throw new Error('The first search did not find who it should.')
  return seconds
}

async function enroll({ metrics }: SuiteResult, file: string, { enrolled }: Extent): Promise<void> {
  metrics['store.enroll_per_s'] = enrolled / (await secondsToEnroll(await sqliteStore({ path: file }), enrolled))
}

async function secondsToEnroll(into: Store, people: number): Promise<number> {
  const records = Array.from({ length: people }, (_, i) => syntheticPerson(i))
  const started = performance.now()
  for (const person of records) await into.write([{ kind: 'put_person', person }])
  const seconds = (performance.now() - started) / 1000
  const { total } = await into.listPersons({ offset: 0, limit: 1 })
  if (total !== people) throw new Error(`${total} people are in the store after ${people} were enrolled.`)
  await into.close()
  return seconds
}

async function compareEncrypted(result: SuiteResult, folder: string, extent: Extent): Promise<void> {
  const { compared, comparisons, enrolled } = extent
  const plainFile = path.join(folder, 'plain.db')
  const sealedFile = path.join(folder, 'sealed.db')
  for (const open of [plain(plainFile), sealed(sealedFile)]) {
    const filled = await open()
    await fill(filled, compared)
    await filled.close()
  }
  const opening: number[] = []
  const writing: number[] = []
  const progress = new Progress('encrypted against plain', comparisons)
  for (let i = 0; i < comparisons; i++) {
    const seconds = await secondsToOpen(plain(plainFile), compared)
    opening.push((await secondsToOpen(sealed(sealedFile), compared)) / seconds)
    const plainWrites = await secondsToEnroll(await plain(path.join(folder, `plain-${i}.db`))(), enrolled)
    const sealedWrites = await secondsToEnroll(await sealed(path.join(folder, `sealed-${i}.db`))(), enrolled)
    writing.push(sealedWrites / plainWrites)
    progress.step()
  }
  result.metrics['store.encrypted_over_plain'] = median(opening)
  result.spread['store.encrypted_over_plain'] = quartiles(opening)
  result.notes.push(
    `Encrypted, a store of ${compared} people takes ${median(opening).toFixed(1)} times as long to open, and an enrollment ${median(writing).toFixed(1)} times as long to write.`,
  )
}

const plain = (file: string) => (): Promise<Store> => sqliteStore({ path: file })

const sealed = (file: string) => async (): Promise<Store> => encryptedStore(await sqliteStore({ path: file }), { key })
