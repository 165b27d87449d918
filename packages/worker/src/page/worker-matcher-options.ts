import { VisavisError, type MatcherOptions } from '@visavis/core'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  flag,
  invalidOption,
  optional,
  optionsOf,
  type OptionCheck,
  type OptionShape,
} from '@visavis/core/kit'
import type { QueueOptions } from './call-queue.ts'
import type { MatcherRequest, MatcherSettings, StoreDescription, WorkerIndex } from '../protocol.ts'
import { recognizerFiles, toSettings, type RecognizerFiles } from './recognizer-settings.ts'
import { isWorkerLike, workerSource, type WorkerSource } from './worker-handle.ts'

export interface WorkerMatcherOptions extends RecognizerFiles {
  /** Where people are kept. @default in the worker's memory, gone with it */
  store?: StoreDescription
  /**
   * Called while the store opens, with the number of its people that are in memory; again where a worker is restarted.
   * See `createMatcher`.
   */
  onProgress?: NonNullable<MatcherOptions['onProgress']>
  /** Called when other tabs or workers have changed the store. See `createMatcher`. */
  onStoreChange?: NonNullable<MatcherOptions['onStoreChange']>
  /**
   * The model of the templates in the store, where that was another one than `model`: it answers until `reembed` has
   * made all templates anew. See `previous` of `createMatcher`.
   * @default people with templates of another model are not found
   */
  previousModel?: NonNullable<MatcherRequest['previousModel']>
  /** How templates are searched in memory: an index by its name, or tuned. @default 'auto' */
  index?: WorkerIndex
  /**
   * Leaves the pictures that are passed as they are, and sends copies.
   * @default false: they are moved, and empty once the call is made
   */
  keepInputs?: boolean
  /** What becomes of calls that come faster than they are answered. @default up to 100 wait */
  queue?: QueueOptions
  /**
   * Starts a new worker where one has died; needs a store that outlives it, and as `worker` a URL or a function. Calls
   * that were open reject with `worker_crashed` all the same.
   * @default false
   */
  restart?: boolean
  /** The worker, which the matcher ends with itself. @default the file that comes with the package */
  worker?: WorkerSource
  /** Stops starting. */
  signal?: AbortSignal
}

const storeKinds: Readonly<Record<string, OptionCheck>> = {
  memory: optionsOf({ kind: anything }),
  indexeddb: optionsOf({ kind: anything, name: anything, whenLocked: anything, secret: anything }),
  sqlite: optionsOf({ kind: anything, path: anything, secret: anything }),
}

/**
 * All other checks of the values are made where they are used: by the store in the worker, the queue, the worker's
 * start.
 */
const workerMatcherOptions: OptionShape<WorkerMatcherOptions> = {
  ...recognizerFiles,
  store: optional((name, value) => {
    const { kind } = (value ?? {}) as { kind?: unknown }
    const check = typeof kind === 'string' && Object.hasOwn(storeKinds, kind) ? storeKinds[kind] : undefined
    if (check === undefined)
      throw invalidOption(name, "must be an object whose kind is 'memory', 'indexeddb' or 'sqlite'")
    check(name, value)
  }),
  onProgress: optional(callback),
  onStoreChange: optional(callback),
  previousModel: anything,
  index: anything,
  keepInputs: optional(flag),
  queue: optional(optionsOf<QueueOptions>({ policy: anything, limit: anything, atOnce: anything })),
  restart: optional(flag),
  worker: workerSource,
  signal: optional(abortSignal),
}

/**
 * What crosses into the worker, again where it is followed by another.
 * @throws VisavisError `invalid_option`
 */
export function toMatcherSettings(options: WorkerMatcherOptions): Omit<MatcherSettings, 'firstRevision'> {
  checkOptions('options', workerMatcherOptions, options)
  const { store, index, previousModel, restart = false, worker } = options
  // A worker's file of the app's own may have a store of which nothing is said here.
  if (restart && (store === undefined ? worker === undefined : store.kind === 'memory')) {
    throw new VisavisError('invalid_option', 'restart needs a store that outlives the worker; choose another `store`.')
  }
  if (restart && isWorkerLike(worker)) {
    throw new VisavisError(
      'invalid_option',
      'restart needs a `worker` that can be had again; pass a URL or a function.',
    )
  }
  return {
    ...toSettings(options),
    ...(store !== undefined && { store: crossingStore(store) }),
    ...(previousModel !== undefined && { previousModel }),
    ...(index !== undefined && { index: crossingIndex(index) }),
  }
}

/**
 * The description as it is now, to open the store by again where a worker is started again: callers may overwrite a key
 * that they have passed.
 *
 * @throws VisavisError `invalid_option` where there is a secret and it is none: a store that was meant to be encrypted
 * must not be one that is not.
 */
function crossingStore(store: StoreDescription): StoreDescription {
  if (!('secret' in store)) return { ...store }
  const secret: unknown = store.secret
  if (typeof secret !== 'object' || secret === null || !('key' in secret || 'passphrase' in secret)) {
    throw new VisavisError('invalid_option', 'store.secret must be { key } or { passphrase }, or be left out.')
  }
  const key = 'key' in secret ? secret.key : undefined
  return { ...store, secret: key instanceof Uint8Array ? { key: new Uint8Array(key) } : store.secret }
}

/** Names and numbers; what they may be is checked where the index is made. @throws VisavisError `invalid_option` */
function crossingIndex(index: WorkerIndex): WorkerIndex {
  const made: unknown[] = typeof index === 'object' && index !== null ? Object.values(index) : [index]
  if (made.some((value) => typeof value === 'function' || (typeof value === 'object' && value !== null))) {
    throw new VisavisError(
      'invalid_option',
      'A function or an object of index cannot be sent to a worker; make the index in a file of your own, with serveMatcher of @visavis/worker/serve.',
    )
  }
  return typeof index === 'object' && index !== null ? { ...index } : index
}
