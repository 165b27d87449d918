import type { FaceMatcher } from '@visavis/core'
import { createServer, type Listener, type LogEntry, type ServerOptions } from '@visavis/server'

export const facePath = '/v2/face-recognition'

/** What callers of the server send as their token. */
export const tokens = {
  all: 'token-that-may-all-0123456789',
  read: 'token-that-may-read-0123456789',
  expired: 'token-that-was-good-0123456789',
} as const

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Parsed. */
  readonly body: Record<string, unknown>
  readonly text: string
}

interface SendOptions {
  readonly token?: string | null
  readonly headers?: Record<string, string>
  /** Sent as JSON, or as it is where it is text. */
  readonly body?: object | string
  readonly signal?: AbortSignal
}

/** A server on loopback, and what it logged. */
export interface TestServer extends AsyncDisposable {
  readonly listener: Listener
  readonly log: LogEntry[]
  send(method: string, path: string, options?: SendOptions): Promise<Answer>
}

export async function startTestServer(
  matcher: FaceMatcher,
  options: Partial<Omit<ServerOptions, 'matcher'>> = {},
): Promise<TestServer> {
  const log: LogEntry[] = []
  const server = createServer({
    matcher,
    tokens: [
      { token: tokens.all, name: 'office' },
      { token: tokens.read, name: 'turnstile', scopes: ['read'] },
      { token: tokens.expired, name: 'guest', expiresAt: new Date(0) },
    ],
    log: (entry) => log.push(entry),
    ...options,
  })
  const listener = await server.listen()
  return {
    listener,
    log,
    async send(method, path, { token = tokens.all, headers = {}, body, signal } = {}) {
      const response = await fetch(listener.url + path, {
        method,
        headers: {
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        ...(signal !== undefined && { signal }),
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
      return {
        status: response.status,
        headers: response.headers,
        body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
        text,
      }
    },
    [Symbol.asyncDispose]: () => listener.close({ graceMilliseconds: 0 }),
  }
}
