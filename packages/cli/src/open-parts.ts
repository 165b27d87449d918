import type { CheckedStore, IndexName, Recognizer, Store } from '@visavis/core'
import type { SqliteStore } from '@visavis/core/sqlite'

/** What a command says about where people are kept, and about what recognizes them. Plain data: it crosses into a worker. */
export interface PartChoices {
  /** The SQLite file of the enrolled people; left out, they live in memory. */
  readonly store?: string | undefined
  /** How templates are searched. @default 'auto' */
  readonly index?: IndexName | undefined
  /** How many pictures are read at once, each in a worker of its own; 0 reads them in this thread. @default 0 */
  readonly workers?: number | undefined
  /** What templates are made with: a name or a folder. @default 'dlib' */
  readonly model?: string | undefined
  /** The model of the templates in the store, where that was another one: it answers until all are made anew. */
  readonly previousModel?: string | undefined
}

/** What a matcher is made of. */
interface Parts {
  readonly recognizer: Recognizer
  readonly previous?: Recognizer
  readonly store: Store
  readonly index: IndexName
}

/**
 * Opens what a command has chosen: the store, encrypted where VISAVIS_STORE_PASSPHRASE is set, and the networks. The one
 * place where they are chosen, for commands and for the threads of a server.
 *
 * @throws VisavisError `store_*`, `model_*`, `worker_load_failed`; the signal's reason
 */
export async function openParts({ store: file, ...choices }: PartChoices, signal?: AbortSignal): Promise<Parts> {
  const store = file === undefined ? (await import('@visavis/core')).memoryStore() : await openStore(file)
  return partsOver(store, choices, signal)
}

/** As {@link openParts}, over a store that is open; it is closed where the others cannot be had. */
export async function partsOver(
  store: Store,
  { index = 'auto', workers = 0, model = 'dlib', previousModel }: Omit<PartChoices, 'store'>,
  signal?: AbortSignal,
): Promise<Parts> {
  return orClose(store, async () => {
    const recognizer = await openRecognizer({ workers, model, signal })
    if (previousModel === undefined) return { store, index, recognizer }
    const previous = await orClose(recognizer, () => openRecognizer({ workers, model: previousModel, signal }))
    return { store, index, recognizer, previous }
  })
}

/** A store as it is in its file, encrypted or not. */
async function openFile(path: string): Promise<SqliteStore> {
  // Loaded here, so that help and misuse are answered at once.
  const { sqliteStore } = await import('@visavis/core/sqlite')
  return sqliteStore({ path })
}

/** A store as people are read from it. */
export async function openStore(path: string): Promise<CheckedStore> {
  const people = await openFile(path)
  const passphrase = process.env.VISAVIS_STORE_PASSPHRASE
  // Set and empty is a secret that did not come: the store must not be opened, or made, as a plain one.
  if (passphrase === undefined) return people
  const { encryptedStore } = await import('@visavis/core')
  return orClose(people, () => encryptedStore(people, { passphrase }))
}

/** Does the work; where it fails, what it was done with is closed. */
export async function orClose<T>(what: { close(): Promise<void> }, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await what.close()
    throw error
  }
}

interface RecognizerChoices {
  readonly workers: number
  readonly model: string
  readonly signal: AbortSignal | undefined
}

async function openRecognizer({ workers, model, signal }: RecognizerChoices): Promise<Recognizer> {
  const how = signal === undefined ? { model } : { model, signal }
  if (workers > 0) return (await import('@visavis/worker')).createRecognizerPool({ size: workers, ...how })
  return (await import('@visavis/core/tfjs')).createRecognizer(how)
}
