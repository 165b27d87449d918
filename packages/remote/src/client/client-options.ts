import { VisavisError } from '@visavis/core'
import {
  anything,
  callback,
  checkOptions,
  flag,
  number,
  oneOf,
  optional,
  optionsOf,
  type OptionShape,
} from '@visavis/core/kit'
import type { CallBudgetOptions } from './call-budget.ts'
import type { ClientEvent } from './client-event.ts'
import type { RetryOptions } from './retry-timing.ts'
import type { TokenFunction } from './token-keeper.ts'

export interface VerifikClientOptions {
  /** Where the service is. @default 'https://api.verifik.co' */
  baseUrl?: string
  /**
   * The access token, or what gives it. A function is called when a token is needed first, and again when the service
   * does not accept it any more; a string is then renewed through the service once.
   */
  token: string | TokenFunction
  /**
   * What answers at `baseUrl`. A server of visavis supports more: own ids, a filter by name, any threshold.
   * @default 'verifik'
   */
  server?: 'verifik' | 'visavis'
  /** @default the runtime's */
  fetch?: typeof globalThis.fetch
  timeouts?: TimeoutOptions
  retry?: RetryOptions
  /** Every call costs credits. @default without limit */
  budget?: CallBudgetOptions
  /** The most bytes an answer may have. @default 33554432, 32 MiB */
  maxResponseBytes?: number
  /** Lets faces and the token go over plain http to other machines. @default false */
  insecure?: boolean
  /** Called with what the client does. It must not throw; what it throws is dropped. */
  onEvent?: (event: ClientEvent) => void
}

/** Milliseconds. */
export interface TimeoutOptions {
  /** For one attempt, from sending to the last byte of the answer. @default 10000 */
  attempt?: number
  /** For one call with all its attempts, waits and token refreshes. @default 30000 */
  total?: number
}

/** The options, checked and complete. */
export interface ClientSettings {
  readonly budget: CallBudgetOptions
  readonly baseUrl: string
  readonly server: 'verifik' | 'visavis'
  readonly fetch: typeof globalThis.fetch
  readonly timeouts: Required<TimeoutOptions>
  readonly retry: Required<RetryOptions>
  readonly maxResponseBytes: number
}

/** Timers wait no longer. */
const longestTimer = 2 ** 31 - 1
const calls = optional(number(0, Number.MAX_SAFE_INTEGER))

/** What needs more words than these is said where it is read. */
const clientOptions: OptionShape<VerifikClientOptions> = {
  baseUrl: anything,
  token: anything,
  server: optional(oneOf('verifik', 'visavis')),
  fetch: anything,
  timeouts: optional(
    optionsOf<TimeoutOptions>({
      attempt: optional(number(1, longestTimer)),
      total: optional(number(1, longestTimer)),
    }),
  ),
  retry: optional(
    optionsOf<RetryOptions>({
      retries: optional(number(0, 10)),
      firstDelay: optional(number(0, longestTimer)),
      longestDelay: optional(number(0, longestTimer)),
    }),
  ),
  budget: optional(optionsOf<CallBudgetOptions>({ callsPerMinute: calls, callsPerDay: calls })),
  maxResponseBytes: optional(number(1024, 2 ** 30)),
  insecure: optional(flag),
  onEvent: optional(callback),
}

/** @throws VisavisError `invalid_option` */
export function checkClientOptions(options: VerifikClientOptions): ClientSettings {
  checkOptions('options', clientOptions, options)
  const { baseUrl = 'https://api.verifik.co', server = 'verifik', timeouts = {}, retry = {}, budget = {} } = options
  const { token, fetch = globalThis.fetch, maxResponseBytes = 2 ** 25 } = options
  if (typeof token !== 'function' && (typeof token !== 'string' || token === '')) {
    throw invalid('token must be a string that is not empty, or a function that gives one')
  }
  if (typeof fetch !== 'function') throw invalid('fetch must be a function; this runtime has none of its own')
  const { attempt = 10_000, total = 30_000 } = timeouts
  const { retries = 2, firstDelay = 500, longestDelay = 8000 } = retry
  return {
    baseUrl: checkBaseUrl(baseUrl, options.insecure === true),
    server,
    // Browsers want it called on the window.
    fetch: (...args) => fetch(...args),
    timeouts: { attempt, total },
    retry: { retries, firstDelay, longestDelay },
    budget,
    maxResponseBytes,
  }
}

/** The address is not repeated in messages: some have a password in it. */
function checkBaseUrl(baseUrl: unknown, insecure: boolean): string {
  const url = parseUrl(baseUrl)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw invalid('baseUrl must be an address that begins with https://')
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('baseUrl must have neither user, password, query nor fragment')
  }
  if (url.protocol === 'http:' && !insecure && !isThisMachine(url.hostname)) {
    throw invalid('baseUrl must begin with https://, or faces and the token are open to the network; or set insecure')
  }
  return withoutSlashes(url.href)
}

function withoutSlashes(address: string): string {
  let end = address.length
  while (address[end - 1] === '/') end--
  return address.slice(0, end)
}

function parseUrl(text: unknown): URL | null {
  try {
    return new URL(text as string)
  } catch {
    return null
  }
}

function isThisMachine(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}

function invalid(message: string): VisavisError {
  return new VisavisError('invalid_option', `${message}.`)
}
