import type { IndexName } from '@visavis/core'
import type { ImageHost, Listener, LogEntry, ServerOptions } from '@visavis/server'
import { InvalidArgumentError, type Command } from 'commander'
import { readAccessTokens, type TokenOptions } from '../access-tokens.ts'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { keepSynced, type SyncEntry } from '../keep-synced.ts'
import { changeModel, type ModelEntry } from '../change-model.ts'
import { openMatcher, openMatcherApart } from '../open-matcher.ts'
import { options } from '../option-values.ts'
import { printable } from '../printable.ts'
import { describeInterval } from '../sync-schedule.ts'
import { usualWorkers } from '../usual-workers.ts'
import { addUpstreamOptions, openUpstream, type Upstream, type UpstreamOptions } from '../upstream.ts'

const mostWorkers = 64

interface ServeCommandOptions extends TokenOptions, UpstreamOptions {
  store: string
  index: IndexName
  model: string
  previousModel?: string
  workers?: number
  port: number
  host: string
  rateLimit?: number
  allowImagesFrom: string[]
  allowOrigin: string[]
  quiet: boolean
}

export function addServe(program: Command, context: Context): void {
  const command = program
    .command('serve')
    .summary("answer Verifik's face recognition requests")
    .description("Answer requests of Verifik's face recognition API with the people enrolled here.")
    .addOption(options.store())
    .addOption(options.index())
    .option(
      '--workers <number>',
      'how many pictures are looked at at once, each in a thread of some 300 MB; 0 looks at them between two answers (default: one a processor core, 8 at most)',
      parseWorkers,
    )
    .option('--port <number>', 'where to listen; 0 takes any free port', parsePort, 8080)
    .option('--host <address>', 'which address of this machine to listen at', '127.0.0.1')
    .option('--token <token>', 'a token that opens the server; may be repeated', collect, [])
    .option('--token-file <file>', 'a file with one token a line')
    .option('--insecure-no-auth', 'let every program on this machine in, without a token', false)
    .option('--rate-limit <calls>', 'how many calls a minute each token has (default: no limit)', parseCount)
    .option('--allow-images-from <host>', 'fetch pictures from there over https; may be repeated', collect, [])
    .option('--allow-origin <origin>', 'let web pages of this origin call; may be repeated', collect, [])
    .option('--quiet', 'write no log, but of syncs that fail', false)
  addUpstreamOptions(command)
    .addOption(options.model())
    .addOption(options.previousModel())
    .addOption(options.json())
    .addHelpText(
      'after',
      `
The store is made when it is missing. One line on the standard output says where the server answers; after it, one line
of JSON for each request goes to the standard error stream, without faces, names, tokens or ids of persons. Ctrl-C (or
SIGTERM) lets requests under way finish; a second one does not.

A token on the command line can be read by others on this machine: for more than a trial set VISAVIS_TOKEN, or write a
--token-file. Each of its lines is the token, or sha256: and its SHA-256; then, where wanted, read, write or read,write;
then a name for the log:
  sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 read turnstile

With --sync-from a collection of the store is brought to what it is at another service, Verifik's or a visavis serve, when
the server starts and from then on; a second line on the standard output says so. Searches are answered from the old
collection until the new one is whole, and without network from the last one. A sync that fails, or is interrupted by
Ctrl-C or a power cut, goes on where it was; what went wrong is in the log. The token for that service is another one than
those that open this server: it is never taken from VISAVIS_TOKEN, but from VISAVIS_SYNC_TOKEN or --sync-token-file, which
is read again when the service refuses the token.

With --previous-model the store's people are brought over to --model while the server answers: searches are those of the previous
model until all have new templates, and of the new one from then on. The log says how far it is. What is interrupted goes on
with the next start; a sync waits for its end.

There is no TLS: for other machines put a reverse proxy in front, which has it.

Examples:
  VISAVIS_TOKEN=$(openssl rand -hex 32) visavis serve --store team.db
  visavis serve --store team.db --port 9000 --token-file tokens.txt
  visavis serve --store gate.db --token-file tokens.txt --sync-from https://api.verifik.co \\
    --sync-collection 3f0d4a52-6a1e-4d8b-9b1f-0c5a7e2d9a10 --sync-every 15m --sync-token-file verifik-token.txt`,
    )
    .action((given: ServeCommandOptions) => serve(given, context))
}

async function serve(given: ServeCommandOptions, { output, signal }: Context): Promise<void> {
  const {
    store,
    index,
    model,
    previousModel,
    workers = usualWorkers(),
    port,
    host,
    rateLimit,
    allowImagesFrom,
    allowOrigin,
    quiet,
    insecureNoAuth,
  } = given
  const tokens = await readAccessTokens(given, { env: process.env, warn: (text) => output.note(text) })
  await using upstream = await openUpstream(given)
  const { createServer } = await import('@visavis/server')
  const choices = { store, index, model, previousModel, workers, mustExist: false, signal }
  await using matcher = await (workers === 0 ? openMatcher(choices) : openMatcherApart(choices))
  const serverOptions: ServerOptions = {
    matcher,
    tokens,
    insecureNoAuth,
    allowedImageHosts: allowImagesFrom.map(toImageHost),
    limits: {
      concurrency: Math.max(1, workers),
      ...(rateLimit !== undefined && { requestsPerMinute: rateLimit }),
    },
    ...(allowOrigin.length === 0 ? {} : { cors: { origins: allowOrigin } }),
    ...(quiet ? {} : { log: writeLog }),
  }
  await using listener = await startListening(() => createServer(serverOptions).listen({ port, host }), host, port)
  const { total: people } = await matcher.persons.list({ limit: 1 })
  output.answer({ url: listener.url, store, people, ...(upstream && { sync: syncDocument(upstream) }) }, () => [
    `Serving ${printable(store)} (${people === 1 ? '1 person' : `${people} people`}) at ${listener.url}`,
    ...(upstream === undefined ? [] : [syncLine(upstream)]),
  ])
  const log = quiet ? writeErrors : writeLog
  // A sync reads pictures with the model that answers, so it begins when that is the new one.
  const changing = previousModel === undefined ? Promise.resolve() : changeModel({ matcher, log, signal })
  const syncing = changing.then(() =>
    upstream === undefined ? undefined : keepSynced({ upstream, matcher, model, log, signal }),
  )
  await stopped(signal)
  await Promise.all([listener.close(), syncing])
}

function syncDocument({ from, collection, every }: Upstream): object {
  return { from, collection, every }
}

function syncLine({ from, collection, every }: Upstream): string {
  return `Keeping ${printable(collection)} as it is at ${printable(from)}, every ${describeInterval(every)}`
}

async function startListening(start: () => Promise<Listener>, host: string, port: number): Promise<Listener> {
  try {
    return await start()
  } catch (error) {
    throw listenError(error, host, port)
  }
}

function writeLog(entry: LogEntry | SyncEntry | ModelEntry): void {
  process.stderr.write(`${JSON.stringify(entry)}\n`)
}

function writeErrors(entry: SyncEntry | ModelEntry): void {
  if (entry.level === 'error') writeLog(entry)
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function listenError(error: unknown, host: string, port: number): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'EADDRINUSE':
      return new CommandError('usage', `Port ${port} of ${host} is taken; choose another one.`, { cause: error })
    case 'EACCES':
      return new CommandError('usage', `Port ${port} is not open to this user; choose one above 1023.`, {
        cause: error,
      })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new CommandError('usage', `${host} is no address of this machine.`, { cause: error })
    default:
      return error
  }
}

function toImageHost(host: string): ImageHost {
  const url = URL.parse(`https://${host}`)
  if (url === null || url.host !== host.toLowerCase() || url.pathname !== '/') {
    throw new CommandError('usage', `--allow-images-from takes a host such as images.example.com, not ${host}.`)
  }
  return { host: url.hostname, port: Number(url.port || 443) }
}

function collect(value: string, before: string[]): string[] {
  return [...before, value]
}

function parsePort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new InvalidArgumentError('It must be a whole number from 0 to 65535.')
  return port
}

function parseWorkers(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(count <= mostWorkers)) throw new InvalidArgumentError(`It must be a whole number from 0 to ${mostWorkers}.`)
  return count
}

function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(count >= 1)) throw new InvalidArgumentError('It must be a whole number of at least 1.')
  return count
}
