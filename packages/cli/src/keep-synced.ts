import type { LocalMatcher } from '@visavis/core'
import type { SyncProgress } from '@visavis/remote'
import { debugStack, describeError } from './command-error.ts'
import { findAtService, syncOnce, type SyncedCollection } from './sync-once.ts'
import { SyncReader } from './sync-reader.ts'
import { repeat } from './sync-schedule.ts'
import { isDone } from './sync-summary.ts'
import type { Upstream } from './upstream.ts'

/** One line of the log about syncs, as those of `@visavis/server`: no face, name, token, or id of a person is in it. */
export interface SyncEntry {
  readonly time: string
  readonly level: 'info' | 'warn' | 'error'
  readonly event: 'sync_started' | 'sync_progress' | 'synced' | 'sync_failed' | 'sync_stopped'
  readonly [detail: string]: unknown
}

export interface KeepSyncedOptions {
  readonly upstream: Upstream
  /** Answers searches meanwhile. */
  readonly matcher: LocalMatcher
  /** What the matcher's templates are made with. */
  readonly model: string
  readonly log: (entry: SyncEntry) => void
  readonly signal: AbortSignal
}

/** How often the log says how far a sync is, milliseconds. */
const progressEvery = 60_000

/** Syncs a collection repeatedly until the signal is aborted; failures are logged and retried. */
export async function keepSynced({ upstream, matcher, model, log, signal }: KeepSyncedOptions): Promise<void> {
  const write = (level: SyncEntry['level'], event: SyncEntry['event'], details: object = {}): void =>
    log({ time: new Date().toISOString(), level, event, ...details })

  async function run(): Promise<void> {
    const { client } = upstream
    const collection = await findAtService(client, upstream.collection, signal)
    write('info', 'sync_started', { collection: collection.id })
    await using reader = new SyncReader(matcher.records, model, signal)
    let told = performance.now()
    const onProgress = (progress: SyncProgress): void => {
      if (performance.now() - told < progressEvery) return
      told = performance.now()
      write('info', 'sync_progress', progressDetails(progress))
    }
    const { mostRemovals } = upstream
    const synced = await syncOnce({ client, collection, matcher: reader, mostRemovals, signal, onProgress })
    write(isDone(synced.report) ? 'info' : 'warn', 'synced', syncedDetails(synced))
  }

  await repeat({
    every: upstream.every,
    signal,
    async run() {
      try {
        await run()
      } catch (error) {
        if (signal.aborted) write('info', 'sync_stopped')
        throw error
      }
    },
    // Every failure is retried: the service may recover, and searches are answered meanwhile.
    mayPass: () => true,
    onFailure: (error, delay) => write('error', 'sync_failed', failureDetails(error, delay)),
  })
}

function progressDetails({ phase, people, total, peoplePerSecond, timeLeft }: SyncProgress): object {
  return {
    phase,
    people,
    total: total ?? null,
    peoplePerSecond: Math.round(peoplePerSecond * 10) / 10,
    timeLeft: timeLeft === undefined ? null : Math.round(timeLeft),
  }
}

function syncedDetails({ collection, report, milliseconds }: SyncedCollection): object {
  const { complete, people, added, changed, removed, kept, withheld, unchanged, pictures, resumed } = report
  const problems: Record<string, number> = {}
  for (const { code } of report.problems) problems[code] = (problems[code] ?? 0) + 1
  return {
    collection: collection.id,
    complete,
    people,
    added: added.length,
    changed: changed.length,
    removed: removed.length,
    kept: kept.length,
    withheld: withheld.length,
    unchanged,
    problems,
    pictures,
    resumed,
    milliseconds,
  }
}

function failureDetails(error: unknown, delay: number): object {
  const { code, message } = describeError(error)
  const stack = debugStack(error)
  return {
    code,
    // The message of an unexpected error may hold anything, so it is not logged.
    message: code === 'unexpected' ? 'Unexpected; set VISAVIS_DEBUG=1 to see where it comes from.' : message,
    nextIn: delay,
    ...(stack !== undefined && { stack }),
  }
}
