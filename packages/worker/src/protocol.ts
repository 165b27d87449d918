import type {
  Collections,
  FaceMatcher,
  GalleryRecords,
  IndexName,
  IndexOptions,
  LocalMatcher,
  Persons,
  RecognitionModel,
  Secret,
} from '@visavis/core'
import type { IndexedDbStoreOptions } from '@visavis/core/indexeddb'
import type { SqliteStoreOptions } from '@visavis/core/sqlite'
import type { AssetSources, RecognizerOptions } from '@visavis/core/tfjs'

/**
 * The version of the messages between page and worker file, increased with every change of them: a worker file of
 * another version, such as one left in a cache, is refused.
 */
export const protocolVersion = 3

/** The first and only message to the worker itself; everything else goes through the port. */
export interface Greeting {
  readonly visavis: 'matcher' | 'recognizer'
  readonly port: MessagePort
  /** A Web Lock that the worker holds as long as it lives: browsers have no event for the end of a worker. */
  readonly lock: string | undefined
}

/** Where people are kept: a store itself cannot cross into a worker. */
export type StoreDescription =
  /** Gone with the worker. */
  | { readonly kind: 'memory' }
  /** In the browser's IndexedDB. */
  | ({ readonly kind: 'indexeddb' } & Encryption & Readonly<IndexedDbStoreOptions>)
  /** In a SQLite file, Node only. */
  | ({ readonly kind: 'sqlite' } & Encryption & Readonly<SqliteStoreOptions>)

interface Encryption {
  /** Encrypts the store, see `encryptedStore` of `@visavis/core`. @default not encrypted */
  readonly secret?: Secret
}

/** How templates are searched, as far as it can cross into a worker: a function or a storage is made in its file. */
export type WorkerIndex = IndexName | WorkerIndexOptions

export interface WorkerIndexOptions extends Pick<IndexOptions, 'maximumBytes' | 'sketchFrom' | 'graphFrom'> {
  /** @default 'auto' */
  kind?: IndexName
}

/** Where the model files are, see `AssetSources` of `@visavis/core/tfjs`; a function cannot cross into a worker. */
export type AssetFiles = Exclude<AssetSources, (...args: never) => unknown>

/** {@link AssetFiles} as they cross: a folder's or file's URL as text. */
export type CrossingAssets = string | Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>

/** What a page asks of a recognizer in a worker, as it has crossed. */
export interface RecognizerRequest extends Pick<RecognizerOptions, 'model'> {
  readonly assets?: CrossingAssets
  /** What was passed as `settings`, for a worker's file of the app's own. */
  readonly settings?: unknown
}

/** What a page asks of a matcher in a worker, as it has crossed; what it left out is for the worker's file to decide. */
export interface MatcherRequest extends RecognizerRequest {
  /** What made the templates in the store, where that was another model; see `previous` of `createMatcher`. */
  readonly previousModel?: NonNullable<RecognizerOptions['model']>
  readonly store?: StoreDescription
  readonly index?: WorkerIndex
}

export type MatcherSettings = MatcherRequest & {
  /** What the worker counts revisions of the gallery from, so that it gives none that one before it has given. */
  readonly firstRevision: number
}

type RecordsCalls = Omit<GalleryRecords, 'model'>

/** The calls of a matcher by name, those of its resources with the resource's name before them. */
export type MatcherCalls = Pick<FaceMatcher, 'search' | 'verify' | 'compare' | 'detect'> &
  Pick<LocalMatcher, 'verifyRecall' | 'settled' | 'outdatedPeople' | 'reembed'> & {
    [K in keyof Persons as `persons.${K}`]: Persons[K]
  } & { [K in keyof Collections as `collections.${K}`]: Collections[K] } & {
    [K in keyof RecordsCalls as `records.${K}`]: RecordsCalls[K]
  } & { 'records.model': () => Promise<RecognitionModel> }

export type MatcherCall = keyof MatcherCalls

/** Which of a call's arguments is the options that have its signal, in calls that can be aborted. */
export const optionsArgument: Partial<Record<MatcherCall, number>> = {
  search: 1,
  verify: 2,
  compare: 2,
  detect: 1,
  'persons.create': 1,
  'persons.update': 2,
  verifyRecall: 0,
  reembed: 0,
}

/** Which of a call's arguments is itself the signal, in the other calls that can be aborted. */
export const signalArgument: Partial<Record<MatcherCall, number>> = { 'records.faces': 1, 'records.renewed': 1 }

/**
 * The progress of a call, sent beside the answers and, since it takes the same port, before its own answer; or, under
 * {@link storeChanges}, a change of the store.
 */
export interface ToldProgress {
  readonly visavis: 'progress'
  /** The call's number; of opening the matcher {@link openingCall}. */
  readonly call: number
  readonly progress: unknown
}

export const openingCall = 0

/** In the place of a call's number: what others have changed in the store, see `createMatcher`. */
export const storeChanges: number = -1
