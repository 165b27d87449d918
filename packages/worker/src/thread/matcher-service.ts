import {
  createMatcher,
  VisavisError,
  type GalleryRecords,
  type LocalMatcher,
  type MatcherOptions,
  type RecognitionModel,
} from '@visavis/core'
import type { Outcome } from '../failure.ts'
import {
  openingCall,
  optionsArgument,
  protocolVersion,
  signalArgument,
  storeChanges,
  type MatcherCall,
  type MatcherSettings,
} from '../protocol.ts'
import type { Service } from '../page/service-thread.ts'
import type { Tell } from './greeting.ts'
import { recordsFrom } from './records-from.ts'
import { RecognizerTurns } from './recognizer-turns.ts'
import { outcomeOf, RunningCalls } from './running-calls.ts'
import type { OpenMatcher } from './open-matcher.ts'

/** Calls with pictures that go before long work, such as a sync. */
const urgent: ReadonlySet<MatcherCall> = new Set([
  'search',
  'verify',
  'compare',
  'detect',
  'persons.create',
  'persons.update',
])

/** What a call is made of besides its arguments. */
interface Calling {
  readonly signal: AbortSignal
  readonly onProgress: (progress: unknown) => void
}

/** A matcher as it answers from inside a worker. */
export class MatcherService implements Service {
  readonly #openParts: OpenMatcher
  readonly #tell: Tell
  readonly #calls: RunningCalls = new RunningCalls()
  readonly #turns: RecognizerTurns = new RecognizerTurns()
  #opened: { readonly matcher: LocalMatcher; readonly records: GalleryRecords } | undefined

  constructor(openParts: OpenMatcher, tell: Tell) {
    this.#openParts = openParts
    this.#tell = tell
  }

  hello(): number {
    return protocolVersion
  }

  open({ firstRevision, ...request }: MatcherSettings): Promise<Outcome<RecognitionModel>> {
    return outcomeOf(async () => {
      const { recognizer, previous, store, index = request.index } = await this.#openParts(request)
      const matcher = await createMatcher({
        recognizer: this.#turns.keptBy(recognizer),
        ...(previous !== undefined && { previous: this.#turns.keptBy(previous) }),
        onProgress: (progress) => this.#tell(openingCall, progress),
        onStoreChange: (change) => this.#tell(storeChanges, change),
        ...(store !== undefined && { store }),
        ...(index !== undefined && { index }),
      } satisfies MatcherOptions).catch(async (error: unknown) => {
        await Promise.allSettled([recognizer.close(), previous?.close(), store?.close()])
        throw error
      })
      this.#opened = { matcher, records: recordsFrom(firstRevision, matcher.records) }
      return matcher.records.model
    })
  }

  async call(id: number, call: MatcherCall, args: unknown[]): Promise<Outcome<unknown>> {
    try {
      return await this.#calls.run(id, async (signal) => {
        const invoke = (): Promise<unknown> =>
          this.#invoke(call, args, { signal, onProgress: (progress) => this.#tell(id, progress) })
        if (urgent.has(call)) return this.#turns.urgently(invoke)
        this.#turns.letWait(signal)
        return invoke()
      })
    } finally {
      if (urgent.has(call) || call === 'records.faces') release(args)
    }
  }

  abort(id: number): void {
    this.#calls.abort(id)
  }

  close(): Promise<Outcome<void>> {
    return outcomeOf(async () => {
      const closing = this.#opened?.matcher.close()
      this.#turns.refuse(new VisavisError('matcher_closed', 'The matcher was closed; create a new one.'))
      await closing
    })
  }

  async #invoke(call: MatcherCall, args: unknown[], calling: Calling): Promise<unknown> {
    if (this.#opened === undefined) throw new VisavisError('matcher_closed', 'The matcher was not opened.')
    const { matcher, records } = this.#opened
    if (call === 'records.model') return matcher.records.model
    const [first, second] = call.split('.') as [string, string?]
    const resources = { persons: matcher.persons, collections: matcher.collections, records } as Record<string, object>
    const target = second === undefined ? matcher : resources[first]
    const methods = target as Record<string, (...args: unknown[]) => Promise<unknown>>
    return (methods[second ?? first] as (typeof methods)[string]).apply(target, withSignal(call, args, calling))
  }
}

/** The caller's signal and listener stayed with the caller; these say the same. */
function withSignal(call: MatcherCall, args: unknown[], { signal, onProgress }: Calling): unknown[] {
  const options = optionsArgument[call]
  const own = signalArgument[call]
  const more = call === 'reembed' ? { signal, onProgress } : { signal }
  return args.map((arg, i) => {
    if (i === own) return signal
    return i === options && typeof arg === 'object' && arg !== null ? { ...arg, ...more } : arg
  })
}

/** Browsers keep the memory of these until they are closed. */
function release(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if ('close' in value && typeof value.close === 'function') value.close()
  else for (const item of Object.values(value)) release(item)
}
