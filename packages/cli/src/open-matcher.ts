import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { LocalMatcher, Store } from '@visavis/core'
import type { SqliteStore } from '@visavis/core/sqlite'
import { CommandError } from './command-error.ts'

export interface OpenMatcherOptions extends MatcherOverOptions {
  /** The SQLite file of the enrolled people; left out, they live in memory. */
  store?: string
  /** Whether the store must be there already. @default true */
  mustExist?: boolean
}

interface MatcherOverOptions {
  /** Whether several pictures are read at once, each in a worker of its own. @default false */
  pooled?: boolean
  /** What templates are made with: a name or a folder. @default 'dlib' */
  model?: string
  signal: AbortSignal
}

/**
 * Loads the networks and opens the store, encrypted where VISAVIS_STORE_PASSPHRASE is set.
 *
 * @throws CommandError `file_not_found`; VisavisError `store_*`, `model_*`.
 */
export async function openMatcher({ store, mustExist = true, ...how }: OpenMatcherOptions): Promise<LocalMatcher> {
  if (store !== undefined) return matcherOver(await openStore(store, mustExist), how)
  const { memoryStore } = await import('@visavis/core')
  return matcherOver(memoryStore(), how)
}

/** A store as it is in its file, encrypted or not. */
export async function openFile(file: string, mustExist: boolean = true): Promise<SqliteStore> {
  await checkStore(file, mustExist)
  // Loaded here, so that help and misuse are answered at once.
  const { sqliteStore } = await import('@visavis/core/sqlite')
  return sqliteStore({ path: file })
}

/** As {@link openMatcher}; without the networks. */
export async function openStore(file: string, mustExist: boolean = true): Promise<Store> {
  const people = await openFile(file, mustExist)
  const { encryptedStore } = await import('@visavis/core')
  const passphrase = process.env.VISAVIS_STORE_PASSPHRASE
  return passphrase ? orClose(people, () => encryptedStore(people, { passphrase })) : people
}

/** A matcher over a store, which is closed with it, or where it cannot be made. */
export function matcherOver(
  people: Store,
  { pooled = false, model = 'dlib', signal }: MatcherOverOptions,
): Promise<LocalMatcher> {
  return orClose(people, async () => {
    const [{ createMatcher }, { createRecognizer }] = await Promise.all([
      import('@visavis/core'),
      import('@visavis/core/tfjs'),
    ])
    const recognizer = pooled
      ? await (await import('@visavis/worker')).createRecognizerPool({ model, signal })
      : await createRecognizer({ model, signal })
    return orClose(recognizer, () => createMatcher({ recognizer, store: people, signal }))
  })
}

/** Does the work; where it fails, what it was done with is closed. */
async function orClose<T>(what: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await what.close()
    throw error
  }
}

async function checkStore(file: string, mustExist: boolean): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory()) throw new CommandError('usage', `--store names the folder ${file}; name a file in it.`)
  if (found !== undefined) return
  if (mustExist) {
    throw new CommandError(
      'file_not_found',
      `There is no store ${file}; make one with visavis enroll, or check the path.`,
    )
  }
  const folder = path.dirname(file)
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) {
    throw new CommandError('file_not_found', `The store's folder ${folder} does not exist; make it first.`)
  }
}
