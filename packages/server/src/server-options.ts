import { VisavisError, type FaceMatcher } from '@visavis/core'
import type { AccessToken } from './access-list.ts'
import type { Log } from './server-log.ts'

export interface ServerOptions {
  /** What answers; it stays the caller's to close, after the server. */
  matcher: FaceMatcher
  /** Who may call: at least one, unless `insecureNoAuth` is set. */
  tokens: readonly AccessToken[]
  /**
   * Serves everybody who can reach it, for trying things out on one machine: only requests to a loopback name are
   * answered, and `listen` binds to loopback addresses only.
   *
   * @default false
   */
  insecureNoAuth?: boolean
  limits?: Partial<ServerLimits>
  /** Hosts that pictures may be fetched from where a request names an address instead of a picture. @default none */
  allowedImageHosts?: readonly ImageHost[]
  /** Web pages that may call from a browser. @default none */
  cors?: { readonly origins: readonly string[] }
  /** Called with every request that was answered. @default nothing is logged */
  log?: Log
}

export interface ImageHost {
  /** As in an address: `images.example.com`, `192.0.2.7`, `[2001:db8::7]`. */
  readonly host: string
  /** @default 443, and 80 with the protocol http */
  readonly port?: number
  /** @default 'https' */
  readonly protocol?: 'https' | 'http'
  /** Whether it may be an address of this machine or of a private network. @default false */
  readonly allowPrivate?: boolean
}

export interface ServerLimits {
  /** Of one request's body. @default 20_000_000 */
  bodyBytes: number
  /** Of all bodies under way together; beyond it requests are answered with 503. @default 200_000_000 */
  bodyBytesInFlight: number
  /** For a body to come in, milliseconds. @default 15_000 */
  bodyMilliseconds: number
  /** Of one picture, width times height, read from its header before it is decoded; 40_000_000 at most. @default 25_000_000 */
  pixels: number
  /**
   * Requests that recognize at once. A matcher that works in this thread gets no faster by more than one, and leaves
   * connections waiting for longer; one with several workers wants as many as it has.
   *
   * @default 1
   */
  concurrency: number
  /** Requests that wait for their turn to recognize; further ones are answered with 503 at once. @default 32 */
  waiting: number
  /** How long one waits, milliseconds; then it is answered with 503. @default 2_000 */
  waitMilliseconds: number
  /** For what one request has recognized, milliseconds; then it is answered with 504. @default 30_000 */
  recognitionMilliseconds: number
  /** Calls a minute of each token, ten seconds' worth at once; beyond it they are answered with 429. @default Infinity */
  requestsPerMinute: number
  /** Open connections; further ones are closed at once. @default 5_000 */
  connections: number
  /** For the head of a request to come in, milliseconds. @default 10_000 */
  headMilliseconds: number
  /** For fetching one picture from an allowed host, milliseconds. @default 5_000 */
  imageFetchMilliseconds: number
}

const defaults: ServerLimits = {
  bodyBytes: 20_000_000,
  bodyBytesInFlight: 200_000_000,
  bodyMilliseconds: 15_000,
  pixels: 25_000_000,
  concurrency: 1,
  waiting: 32,
  waitMilliseconds: 2_000,
  recognitionMilliseconds: 30_000,
  requestsPerMinute: Number.POSITIVE_INFINITY,
  connections: 5_000,
  headMilliseconds: 10_000,
  imageFetchMilliseconds: 5_000,
}

/** @throws VisavisError `invalid_option` where an option cannot be meant; the message holds no token. */
export function checkOptions({ tokens, insecureNoAuth = false, limits = {}, cors }: ServerOptions): ServerLimits {
  if (tokens.length === 0 && !insecureNoAuth) {
    throw invalid('tokens must hold at least one token; insecureNoAuth serves without, on loopback only.')
  }
  if (tokens.length > 0 && insecureNoAuth) throw invalid('insecureNoAuth must not be set together with tokens.')
  for (const [i, token] of tokens.entries()) checkToken(`tokens[${i}]`, token)
  if (cors?.origins.includes('*')) throw invalid("cors.origins must name origins; '*' is not taken.")
  for (const [name, value] of Object.entries(limits)) {
    if (!(name in defaults)) throw invalid(`limits has no ${name}.`)
    // Waiting may be 0: whoever is not served at once is refused.
    if (!(value >= (name === 'waiting' ? 0 : 1))) throw invalid(`limits.${name} must be a positive number.`)
  }
  return { ...defaults, ...limits }
}

function checkToken(place: string, { token, sha256, scopes, expiresAt, requestsPerMinute }: AccessToken): void {
  if ((token === undefined) === (sha256 === undefined)) {
    throw invalid(`${place} must have either token or sha256.`)
  }
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw invalid(`${place}.token must be ASCII characters without spaces: it has to fit into a header.`)
  }
  if (sha256 !== undefined && !/^[\da-f]{64}$/i.test(sha256)) {
    throw invalid(`${place}.sha256 must be 64 hexadecimal digits.`)
  }
  if (scopes !== undefined && (scopes.length === 0 || scopes.some((scope) => scope !== 'read' && scope !== 'write'))) {
    throw invalid(`${place}.scopes must be 'read', 'write' or both.`)
  }
  if (expiresAt !== undefined && Number.isNaN(expiresAt.getTime())) {
    throw invalid(`${place}.expiresAt must be a valid date.`)
  }
  if (requestsPerMinute !== undefined && !(requestsPerMinute > 0)) {
    throw invalid(`${place}.requestsPerMinute must be a positive number.`)
  }
}

export function invalid(message: string): VisavisError {
  return new VisavisError('invalid_option', message)
}
