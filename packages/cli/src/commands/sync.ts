import { existsSync } from 'node:fs'
import type { IndexName } from '@visavis/core'
import type { Command } from 'commander'
import { describeError, exitCodeOf } from '../command-error.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { openMatcher } from '../open-matcher.ts'
import { usualWorkers } from '../usual-workers.ts'
import { options, parseEvery } from '../option-values.ts'
import { startMeasuredBar } from '../progress-bar.ts'
import { openClient } from '../remote-client.ts'
import { findAtService, syncOnce } from '../sync-once.ts'
import { describeInterval, repeat } from '../sync-schedule.ts'
import { isDone, progressWords, syncDocument, syncLines, type SyncSummary } from '../sync-summary.ts'

interface SyncCommandOptions {
  store: string
  index: IndexName
  model: string
  remote: string
  collection: string
  token?: string
  tokenFile?: string
  insecure: boolean
  dryRun: boolean
  mostRemovals?: number
  every?: number
}

export function addSync(program: Command, context: Context): void {
  program
    .command('sync')
    .summary('bring a collection of a service into a store, to search it without network')
    .description(
      "Make a collection in a store what it is at a service, Verifik's or one of visavis serve, to search it without network.",
    )
    .requiredOption('--remote <url>', 'where the service is; every page of its list may cost a credit')
    .requiredOption('--collection <code>', 'the code, _id or name of the collection')
    .addOption(options.store())
    .addOption(options.index())
    .option('--token <token>', 'the token for the service (default: that in VISAVIS_TOKEN)')
    .option('--token-file <file>', 'a file with the token; read again when the service refuses it')
    .option('--insecure', 'let faces and the token go over plain http from another machine', false)
    .option('--dry-run', 'only say what would change', false)
    .addOption(options.mostRemovals('--most-removals'))
    .option('--every <interval>', 'go on, and sync again after 90s, 15m, 6h or 1d', parseEvery)
    .addOption(options.model())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
Searches of the store see the old collection until the new one is whole. A sync that is interrupted, by Ctrl-C, a lost
network or a power cut, goes on where it was with the next one. People are removed only where the service's list was seen
whole, and each of them is gone; who was enrolled here stays enrolled. People without a usable face are kept and listed, and
records of the service that cannot be stored are left out and listed. Where more people are gone from the service than
--most-removals allows, all of them stay, that is said, and the command ends with 3.

With --every, failures are told of and tried again, later and later up to an hour; Ctrl-C ends it with 0. Between two
syncs the store is closed, so that other commands can use it. While visavis serve has the store open, nobody else can:
let the server sync it, with visavis serve --sync-from.

Examples:
  visavis sync --remote https://api.verifik.co --collection 3f0d4a52-6a1e-4d8b-9b1f-0c5a7e2d9a10 --store gate.db
  visavis sync --remote https://faces.example.com --collection Staff --store gate.db --every 15m --token-file token.txt`,
    )
    .action((given: SyncCommandOptions) => sync(given, context))
}

async function sync(given: SyncCommandOptions, { output, signal, exit }: Context): Promise<void> {
  const run = async (): Promise<boolean> => {
    const synced = await openAndSync(given, signal)
    output.answer(syncDocument(synced), () => syncLines(synced))
    return isDone(synced.report)
  }
  const { every } = given
  if (every === undefined) {
    if (!(await run())) exit(exitCodes.failure)
    return
  }
  await repeat({
    every,
    signal,
    async run() {
      await run()
    },
    mayPass: (error) => exitCodeOf(error) !== exitCodes.misuse,
    onFailure(error, delay) {
      output.error(describeError(error))
      output.note(`What is in the store stays as it is; the next sync begins in ${describeInterval(delay)}.`)
    },
  })
}

async function openAndSync(given: SyncCommandOptions, signal: AbortSignal): Promise<SyncSummary> {
  const { store, index, model, remote, dryRun, mostRemovals } = given
  const client = await openClient(remote, given)
  try {
    const collection = await findAtService(client, given.collection, signal)
    // Where nothing is to be written, no store is made either.
    const kept = dryRun && !existsSync(store) ? {} : { store }
    await using matcher = await openMatcher({
      ...kept,
      index,
      model,
      mustExist: false,
      workers: dryRun ? 0 : usualWorkers(),
      signal,
    })
    const bar = startMeasuredBar('Syncing', 'people')
    try {
      const synced = await syncOnce({
        client,
        collection,
        matcher,
        dryRun,
        mostRemovals,
        signal,
        onProgress: (progress) => bar.set(progress.people, progress.total ?? progress.people, progressWords(progress)),
      })
      return { store, remote, ...synced }
    } finally {
      bar.stop()
    }
  } finally {
    await client.close()
  }
}
