import type { Scope } from './access-list.ts'

/** One request that was answered, or not answered. */
export interface RequestEntry {
  readonly time: string
  readonly level: 'info' | 'warn' | 'error'
  readonly event: 'request'
  /** As in the answer's `id` and its header `X-Request-Id`. */
  readonly requestId: string
  readonly method: string
  /** The endpoint, such as `/v2/face-recognition/persons/{id}`: never the path itself, which may name a person. */
  readonly route: string | null
  readonly status: number
  readonly milliseconds: number
  /** How long it waited for its turn to recognize. */
  readonly waited: number
  /** Of the body. */
  readonly bytes: number
  /** The name of the caller's token. */
  readonly caller: string | null
  readonly scope: Scope | null
  /** Of a refused one: the code of the library's error, or the server's own. */
  readonly code: string | null
  /** With `error` only: where an unexpected error comes from, without its message, which could hold anything. */
  readonly error?: { readonly name: string; readonly code: string | null; readonly at: readonly string[] }
}

/** Something that happened to the server itself. */
export interface LifecycleEntry {
  readonly time: string
  readonly level: 'info'
  readonly event: 'listening' | 'closing' | 'closed'
  readonly url?: string
}

export type LogEntry = RequestEntry | LifecycleEntry

/** Takes one entry; no face, name, token, or id of a person is in it. */
export type Log = (entry: LogEntry) => void

/** An error without what it says: its kind, its code, and the places it came through. */
export function describeUnexpected(error: unknown): NonNullable<RequestEntry['error']> {
  if (!(error instanceof Error)) return { name: typeof error, code: null, at: [] }
  const { code } = error as { code?: unknown }
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  return {
    name: error.name,
    code: typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : null,
    at: frames.map((line) => line.trim()).slice(0, 12),
  }
}
