import { invalidOption, type OptionCheck } from '@visavis/core/kit'

/** A worker as a caller may pass one in: a Web Worker, or one of Node's worker threads. */
export interface WorkerLike {
  postMessage(message: unknown, transfer: never[]): void
  terminate(): unknown
}

/** Where the worker comes from: its file's URL, a worker that was started, or a function that starts one. */
export type WorkerSource = string | URL | WorkerLike | (() => WorkerLike)

/** What a thread needs of a worker, whichever runtime it is of. */
export interface WorkerHandle {
  /** For messages to people: the file's URL, or that the caller passed the worker. */
  readonly origin: string
  /** A Web Lock that the worker is to hold as long as it lives: browsers have no event for the end of a worker. */
  readonly lock?: string
  post(message: unknown, transfer: readonly Transferable[]): void
  /** Calls back when the worker has died or did not start, perhaps more than once. */
  onDeath(listener: (cause: unknown) => void): void
  /** Called when the worker has said hello, and holds its lock. */
  watch(): void
  /** Whether the worker keeps the process alive; without effect in browsers. */
  hold(held: boolean): void
  /** Resolves when nothing of it runs any more, and nothing is held by it. */
  terminate(): Promise<void>
}

export function isWorkerLike(value: unknown): value is WorkerLike {
  const { postMessage, terminate } = (value ?? {}) as Partial<WorkerLike>
  return typeof postMessage === 'function' && typeof terminate === 'function'
}

/** Of an option that may be left out. */
export const workerSource: OptionCheck = (name, value) => {
  const isSource =
    value === undefined ||
    (typeof value === 'string' && value !== '') ||
    value instanceof URL ||
    typeof value === 'function' ||
    isWorkerLike(value)
  if (!isSource)
    throw invalidOption(name, "must be the URL of the worker's file, a worker, or a function that starts one")
}

/** How messages to people name a worker's file. */
export function nameOf(source: Exclude<WorkerSource, undefined>): string {
  return typeof source === 'string' || source instanceof URL ? String(source) : 'the worker that was passed'
}
