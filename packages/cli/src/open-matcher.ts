import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { LocalMatcher, Recognizer, Store } from '@visavis/core'
import { CommandError } from './command-error.ts'

export interface OpenMatcherOptions {
  /** The SQLite file of the enrolled people; left out, they live in memory. */
  store?: string
  /** Whether the store must be there already. @default true */
  mustExist?: boolean
  /** Whether several pictures are read at once, each in a worker of its own. @default false */
  pooled?: boolean
  signal: AbortSignal
}

/**
 * Loads the networks and opens the store, encrypted where VISAVIS_STORE_PASSPHRASE is set.
 *
 * @throws CommandError `file_not_found`; VisavisError `store_*`, `model_*`.
 */
export async function openMatcher({
  store,
  mustExist = true,
  pooled = false,
  signal,
}: OpenMatcherOptions): Promise<LocalMatcher> {
  if (store !== undefined) await checkStore(store, mustExist)
  // Loaded here, so that help and misuse are answered at once.
  const [{ createMatcher, encryptedStore, memoryStore }, { sqliteStore }, { createRecognizer }] = await Promise.all([
    import('@visavis/core'),
    import('@visavis/core/sqlite'),
    import('@visavis/core/tfjs'),
  ])
  let people: Store = store === undefined ? memoryStore() : await sqliteStore({ path: store })
  let recognizer: Recognizer | undefined
  try {
    const passphrase = process.env.VISAVIS_STORE_PASSPHRASE
    if (store !== undefined && passphrase) people = await encryptedStore(people, { passphrase })
    recognizer = pooled
      ? await (await import('@visavis/worker')).createRecognizerPool({ signal })
      : await createRecognizer({ signal })
    return await createMatcher({ recognizer, store: people, signal })
  } catch (error) {
    await recognizer?.close()
    await people.close()
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
