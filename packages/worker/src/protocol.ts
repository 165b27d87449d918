import type { Collections, FaceMatcher, Persons } from '@visavis/core'
import type { IndexedDbStoreOptions } from '@visavis/core/indexeddb'
import type { SqliteStoreOptions } from '@visavis/core/sqlite'
import type { AssetSources, RecognizerOptions } from '@visavis/core/tfjs'

/**
 * What page and worker file agree on, counted up whenever it changes: a worker file left over in a cache is refused
 * instead of misunderstood.
 */
export const protocolVersion = 1

/** The first and only message to the worker itself; everything else goes through the port. */
export interface Greeting {
  readonly visavis: 'matcher' | 'recognizer'
  readonly port: MessagePort
  /** A Web Lock that the worker holds as long as it lives, since a browser tells nobody when a worker ends. */
  readonly lock: string | undefined
}

/** Where people are kept: a store itself cannot cross into a worker. */
export type StoreDescription =
  /** Gone with the worker. */
  | { readonly kind: 'memory' }
  /** In the browser's IndexedDB. */
  | ({ readonly kind: 'indexeddb' } & Readonly<IndexedDbStoreOptions>)
  /** In a SQLite file, Node only. */
  | ({ readonly kind: 'sqlite' } & Readonly<SqliteStoreOptions>)

/** Where the model files are, see `AssetSources` of `@visavis/core/tfjs`; a function cannot cross into a worker. */
export type AssetFiles = Exclude<AssetSources, (...args: never) => unknown>

/** {@link AssetFiles} as they cross: a folder's or file's URL as text. */
export type CrossingAssets = string | Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>

export type RecognizerSettings = Pick<RecognizerOptions, 'embedder'> & { readonly assets?: CrossingAssets }

export type MatcherSettings = RecognizerSettings & { readonly store: StoreDescription }

/** The calls of a matcher by name, those of its resources with the resource's name before them. */
export type MatcherCalls = Pick<FaceMatcher, 'search' | 'verify' | 'compare' | 'detect'> & {
  [K in keyof Persons as `persons.${K}`]: Persons[K]
} & { [K in keyof Collections as `collections.${K}`]: Collections[K] }

export type MatcherCall = keyof MatcherCalls

/** Which of a call's arguments holds its signal, in calls that can be aborted. */
export const signalArgument: Partial<Record<MatcherCall, number>> = {
  search: 1,
  verify: 2,
  compare: 2,
  detect: 1,
  'persons.create': 0,
  'persons.update': 0,
}
