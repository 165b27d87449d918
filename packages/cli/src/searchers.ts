import type { Collection, FaceMatcher, FaceSearcher, IndexName } from '@visavis/core'
import type { VerifikClient } from '@visavis/remote'
import { findCollection, requireCollection } from './collection-choice.ts'
import { CommandError } from './command-error.ts'
import { openMatcher } from './open-matcher.ts'
import { openClient } from './remote-client.ts'

export interface SearcherOptions {
  readonly store?: string
  readonly index: IndexName
  /** What the store's templates are made with. */
  readonly model: string
  readonly remote?: string
  readonly fallback: boolean
  readonly token?: string
  readonly insecure: boolean
  readonly signal: AbortSignal
}

type Owner = FaceMatcher | VerifikClient

/** Where people are searched: in a store, at a service, or in the one and then at the other. */
export interface OpenSearcher extends FaceSearcher, AsyncDisposable {
  /** @throws CommandError `collection_not_found` where there is none of this id or name. */
  requireCollection(idOrName: string): Promise<Collection>
}

/** @throws CommandError `usage` where the options do not go together, and what opening throws. */
export async function openSearcher(options: SearcherOptions): Promise<OpenSearcher> {
  const { store, index, model, remote, fallback, signal } = options
  if (remote === undefined) {
    if (fallback) throw new CommandError('usage', '--fallback needs --remote, which says where faces may be sent.')
    if (store === undefined) throw new CommandError('usage', 'Say whom to search: --store <file>, or --remote <url>.')
    const matcher = await openMatcher({ store, index, model, signal })
    return searcherOf(matcher, [matcher])
  }
  if (store !== undefined && !fallback) {
    throw new CommandError('usage', '--store and --remote go together with --fallback only.')
  }
  if (store === undefined && fallback)
    throw new CommandError('usage', '--fallback needs --store, to be searched first.')
  const client = await openClient(remote, options)
  if (store === undefined) return searcherOf(client, [client])
  const matcher = await openMatcher({ store, index, model, signal })
  const { withFallback } = await import('@visavis/remote')
  const policy = { collectionMissing: true, nobodyFound: true }
  // A command answers one search, so the service may take long.
  return searcherOf(withFallback({ local: matcher, remote: client, policy, timeout: 30_000 }), [matcher, client])
}

/** @param owners Have the collections, and are closed: the first one is searched first. */
function searcherOf(searcher: FaceSearcher, owners: readonly [Owner, ...Owner[]]): OpenSearcher {
  const [first, second] = owners
  return {
    search: (crop, options) => searcher.search(crop, options),
    async requireCollection(idOrName) {
      const found = second === undefined ? null : await findCollection(first, idOrName)
      return found ?? requireCollection(second ?? first, idOrName)
    },
    async [Symbol.asyncDispose]() {
      for (const owner of owners) await owner.close()
    },
  }
}
