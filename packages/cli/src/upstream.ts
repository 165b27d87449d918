import type { VerifikClient } from '@visavis/remote'
import type { Command } from 'commander'
import { CommandError } from './command-error.ts'
import { options, parseEvery } from './option-values.ts'
import { openClient } from './remote-client.ts'

/** The options of a server that is kept up to date from a service. */
export interface UpstreamOptions {
  syncFrom?: string
  syncCollection?: string
  syncEvery?: number
  syncTokenFile?: string
  syncInsecure?: boolean
  syncMostRemovals?: number
}

/** A collection of a service, and how often it is looked at. */
export interface Upstream extends AsyncDisposable {
  readonly client: VerifikClient
  readonly from: string
  /** Its code, `_id` or name. */
  readonly collection: string
  /** Milliseconds. */
  readonly every: number
  /** The largest share of the people here that one sync removes, 0 to 1; as `syncCollection` has it where not given. */
  readonly mostRemovals: number | undefined
}

const usualEvery = 3_600_000

export function addUpstreamOptions(command: Command): Command {
  return command
    .option('--sync-from <url>', 'keep a collection as it is at the service there; every page may cost a credit')
    .option('--sync-collection <code>', 'the code, _id or name of that collection')
    .option('--sync-every <interval>', 'from one sync to the next: 90s, 15m, 6h or 1d (default: 1h)', parseEvery)
    .option('--sync-token-file <file>', 'a file with the token for that service (default: that in VISAVIS_SYNC_TOKEN)')
    .option('--sync-insecure', 'let faces and that token go over plain http from another machine')
    .addOption(options.mostRemovals('--sync-most-removals'))
}

/**
 * @returns nothing where no service was named
 * @throws CommandError `usage` where the options do not go together, and what `openClient` throws; the service is not asked
 * for anything yet.
 */
export async function openUpstream(given: UpstreamOptions): Promise<Upstream | undefined> {
  const { syncFrom, syncCollection, syncEvery = usualEvery, syncTokenFile, syncInsecure = false } = given
  if (syncFrom === undefined) {
    const [stray] = [
      ['--sync-collection', syncCollection],
      ['--sync-every', given.syncEvery],
      ['--sync-token-file', syncTokenFile],
      ['--sync-insecure', given.syncInsecure],
      ['--sync-most-removals', given.syncMostRemovals],
    ].flatMap(([name, value]) => (value === undefined ? [] : [name]))
    if (stray !== undefined) throw new CommandError('usage', `${stray} needs --sync-from, which says from where.`)
    return undefined
  }
  if (syncCollection === undefined) {
    throw new CommandError('usage', '--sync-from needs --sync-collection, which says what to keep up to date.')
  }
  const client = await openClient(
    syncFrom,
    { insecure: syncInsecure, ...(syncTokenFile === undefined ? {} : { tokenFile: syncTokenFile }) },
    { variable: 'VISAVIS_SYNC_TOKEN', option: '--sync-token-file' },
  )
  return {
    client,
    from: syncFrom,
    collection: syncCollection,
    every: syncEvery,
    mostRemovals: given.syncMostRemovals,
    [Symbol.asyncDispose]: () => client.close(),
  }
}
