import { VisavisError } from '@visavis/core'
import { expose } from 'comlink'
import { protocolVersion, type Greeting, type ToldProgress } from '../protocol.ts'
import type { Service } from '../page/service-thread.ts'
import { outcomeOf } from './running-calls.ts'

/** Reports the progress of a call. */
export type Tell = (call: number, progress: unknown) => void

type StartService = (tell: Tell) => Service

/** The services of this worker's file, by the name that a page requests. */
const served: Map<Greeting['visavis'], StartService> = new Map()
let isListening = false

/**
 * Answers greetings that request this service.
 *
 * @throws VisavisError `worker_load_failed` where this thread is no worker
 */
export function serve(service: Greeting['visavis'], start: StartService): void {
  served.set(service, start)
  if (isListening) return
  isListening = true
  const port = parentPort()
  if (port !== undefined) {
    port.on('message', function greet(message: unknown) {
      if (!isGreeting(message)) return
      port.off('message', greet)
      answer(message)
    })
    return
  }
  if (!isWebWorker()) {
    throw new VisavisError(
      'worker_load_failed',
      "serveMatcher and serveRecognizer are called in a worker's file, and this is no worker; pass that file to createWorkerMatcher as `worker`.",
    )
  }
  addEventListener('message', function greet({ data }: MessageEvent<unknown>) {
    if (!isGreeting(data)) return
    removeEventListener('message', greet)
    holdingLock(data.lock, () => answer(data))
  })
}

/** Answers the page through the port of its greeting. */
function answer({ visavis: service, port }: Greeting): void {
  const tell = (call: number, progress: unknown): void => {
    const told: ToldProgress = { visavis: 'progress', call, progress }
    port.postMessage(told)
  }
  expose(served.get(service)?.(tell) ?? refusing(service), port)
}

/** Answers with the lock in hand, so that the page can wait for its release. */
function holdingLock(lock: string | undefined, work: () => void): void {
  // Missing outside of secure contexts, where the models cannot be loaded either; that error says it better.
  const { locks } = navigator as Partial<Navigator>
  if (lock === undefined || locks === undefined) return work()
  let isHeld = false
  const hold = (): Promise<never> => {
    isHeld = true
    work()
    return new Promise(() => undefined)
  }
  locks.request(lock, hold).catch(() => {
    // Where a site may not store data, it gets no locks either; opening the store then rejects with the reason.
    if (!isHeld) work()
  })
}

function refusing(service: Greeting['visavis']): Service & { open(): unknown } {
  const call = service === 'matcher' ? 'serveMatcher' : 'serveRecognizer'
  return {
    hello: () => protocolVersion,
    open: () =>
      outcomeOf(() => {
        throw new VisavisError('worker_load_failed', `The worker's file serves no ${service}; call ${call} in it.`)
      }),
    abort: () => undefined,
    close: () => outcomeOf(async () => undefined),
  }
}

function isGreeting(message: unknown): message is Greeting {
  return typeof message === 'object' && message !== null && 'visavis' in message && 'port' in message
}

interface ParentPort {
  on(event: 'message', listener: (message: unknown) => void): void
  off(event: 'message', listener: (message: unknown) => void): void
}

/** Of a worker thread of Node; asked of the runtime, so that bundlers for browsers find no Node module to resolve. */
function parentPort(): ParentPort | undefined {
  if (isWebWorker()) return undefined
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } }
  const threads = process?.getBuiltinModule?.('node:worker_threads') as { parentPort: ParentPort | null } | undefined
  return threads?.parentPort ?? undefined
}

function isWebWorker(): boolean {
  return 'WorkerGlobalScope' in globalThis
}
