import { createMatcher, VisavisError, type FaceMatcher, type Recognizer, type Store } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import type { Outcome } from '../failure.ts'
import {
  protocolVersion,
  signalArgument,
  type MatcherCall,
  type MatcherSettings,
  type StoreDescription,
} from '../protocol.ts'
import type { Service } from '../service-thread.ts'
import { interruptible } from './interruptible-recognizer.ts'
import { outcomeOf, RunningCalls } from './running-calls.ts'

/** Opens the stores that this runtime has. */
export type OpenStore = (description: StoreDescription) => Promise<Store>

const indexName = 'usearch.wasm'

/** A matcher as it answers from inside a worker. */
export class MatcherService implements Service {
  readonly #openStore: OpenStore
  readonly #calls: RunningCalls = new RunningCalls()
  #matcher: FaceMatcher | undefined

  constructor(openStore: OpenStore) {
    this.#openStore = openStore
  }

  hello(): number {
    return protocolVersion
  }

  open(settings: MatcherSettings): Promise<Outcome<void>> {
    return outcomeOf(async () => {
      this.#matcher = await open(settings, this.#openStore)
    })
  }

  async call(id: number, call: MatcherCall, args: unknown[]): Promise<Outcome<unknown>> {
    try {
      return await this.#calls.run(id, async (signal) => {
        if (this.#matcher === undefined) throw new VisavisError('matcher_closed', 'The matcher was not opened.')
        return invoke(this.#matcher, call, withSignal(call, args, signal))
      })
    } finally {
      release(args)
    }
  }

  abort(id: number): void {
    this.#calls.abort(id)
  }

  close(): Promise<Outcome<void>> {
    return outcomeOf(async () => this.#matcher?.close())
  }
}

async function open({ store: description, ...settings }: MatcherSettings, openStore: OpenStore): Promise<FaceMatcher> {
  const opening: [Promise<Store>, Promise<Recognizer>] = [openStore(description), createRecognizer(settings)]
  try {
    const [store, recognizer] = await Promise.all(opening)
    const wasm = indexFile(settings.assets)
    const index = wasm === undefined ? {} : { index: { wasm } }
    return await createMatcher({ recognizer: interruptible(recognizer), store, ...index })
  } catch (error) {
    for (const opened of await Promise.allSettled(opening)) {
      if (opened.status === 'fulfilled') await opened.value.close()
    }
    throw error
  }
}

/** Of the files that a caller names, the one that is the index's; the others are the recognizer's. */
function indexFile(assets: MatcherSettings['assets']): string | Uint8Array<ArrayBuffer> | undefined {
  if (typeof assets === 'string') return assets.endsWith('/') ? assets + indexName : `${assets}/${indexName}`
  return assets?.[indexName]
}

function invoke(matcher: FaceMatcher, call: MatcherCall, args: unknown[]): Promise<unknown> {
  const [resource, method] = call.split('.') as ['persons' | 'collections', string] | [MatcherCall]
  const target = method === undefined ? matcher : matcher[resource as 'persons' | 'collections']
  const methods = target as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>
  return (methods[method ?? resource] as (typeof methods)[string]).apply(target, args)
}

/** The caller's signal stayed with the caller; this one says the same. */
function withSignal(call: MatcherCall, args: unknown[], signal: AbortSignal): unknown[] {
  const index = signalArgument[call]
  if (index === undefined) return args
  return args.map((arg, i) => (i === index && typeof arg === 'object' && arg !== null ? { ...arg, signal } : arg))
}

/** Browsers keep the memory of these until they are told. */
function release(value: unknown): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return
  if ('close' in value && typeof value.close === 'function') value.close()
  else for (const item of Object.values(value)) release(item)
}
