import { VisavisError, type FaceMatcher } from '@visavis/core'
import {
  callback,
  checkOptions,
  flag,
  having,
  integer,
  invalidOption,
  listOf,
  number,
  oneOf,
  optional,
  optionsOf,
  text,
  type OptionShape,
} from '@visavis/core/kit'
import type { AccessToken } from './access-list.ts'
import type { Log } from './server-log.ts'

export interface ServerOptions {
  /** What answers; it stays the caller's to close, after the server. */
  matcher: FaceMatcher
  /** Who may call: at least one, unless `insecureNoAuth` is set. */
  tokens: readonly AccessToken[]
  /**
   * Serves without tokens, for trying things out on one machine: only requests to a loopback name are answered, and
   * `listen` binds to loopback addresses only.
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

/** A token can be guessed by trying, so it has at least so many characters. */
const leastToken = 16

const positive = number(Number.MIN_VALUE, Number.POSITIVE_INFINITY)
const limit = optional(number(1, Number.POSITIVE_INFINITY))

const limits: OptionShape<Partial<ServerLimits>> = {
  bodyBytes: limit,
  bodyBytesInFlight: limit,
  bodyMilliseconds: limit,
  pixels: limit,
  concurrency: limit,
  // With 0, a request that cannot start at once is refused.
  waiting: optional(number(0, Number.POSITIVE_INFINITY)),
  waitMilliseconds: limit,
  recognitionMilliseconds: limit,
  requestsPerMinute: limit,
  connections: limit,
  headMilliseconds: limit,
  imageFetchMilliseconds: limit,
}

const token: OptionShape<AccessToken> = {
  token: optional((name, value) => {
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) {
      throw invalidOption(name, 'must be ASCII characters without spaces: it has to fit into a header')
    }
    if (value.length < leastToken) {
      throw invalidOption(name, `must have at least ${leastToken} characters, so that it cannot be guessed`)
    }
  }),
  sha256: optional((name, value) => {
    if (typeof value !== 'string' || !/^[\da-f]{64}$/i.test(value)) {
      throw invalidOption(name, 'must be 64 hexadecimal digits')
    }
  }),
  scopes: optional((name, value) => {
    const isList = Array.isArray(value) && value.length > 0 && value.every((one) => one === 'read' || one === 'write')
    if (!isList) throw invalidOption(name, "must be a list of 'read', 'write' or both")
  }),
  name: optional(text(1, 200)),
  expiresAt: optional((name, value) => {
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) throw invalidOption(name, 'must be a valid date')
  }),
  requestsPerMinute: optional(positive),
}

const imageHost: OptionShape<ImageHost> = {
  host: text(1, 300),
  port: optional(integer(1, 65_535)),
  protocol: optional(oneOf('https', 'http')),
  allowPrivate: optional(flag),
}

const corsOptions: OptionShape<NonNullable<ServerOptions['cors']>> = {
  origins: (name, value) => {
    listOf(text(1, 1000))(name, value)
    if ((value as string[]).includes('*')) throw invalidOption(name, "must name origins; '*' is not taken")
  },
}

const serverOptions: OptionShape<ServerOptions> = {
  matcher: having('a matcher'),
  tokens: listOf((name, value) => {
    optionsOf(token)(name, value)
    const given = value as AccessToken
    if ((given.token === undefined) === (given.sha256 === undefined)) {
      throw invalidOption(name, 'must have either token or sha256')
    }
  }),
  insecureNoAuth: optional(flag),
  limits: optional(optionsOf(limits)),
  allowedImageHosts: optional(listOf(optionsOf(imageHost))),
  cors: optional(optionsOf(corsOptions)),
  log: optional(callback),
}

/** @throws VisavisError `invalid_option` where an option cannot be meant; the message holds no token. */
export function checkServerOptions(options: ServerOptions): ServerLimits {
  checkOptions('options', serverOptions, options)
  const { tokens, insecureNoAuth = false } = options
  if (tokens.length === 0 && !insecureNoAuth) {
    throw invalid('tokens must hold at least one token; insecureNoAuth serves without, on loopback only.')
  }
  if (tokens.length > 0 && insecureNoAuth) throw invalid('insecureNoAuth must not be set together with tokens.')
  return { ...defaults, ...options.limits }
}

export function invalid(message: string): VisavisError {
  return new VisavisError('invalid_option', message)
}
