import { VisavisError } from '@visavis/core'
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
   * What answers at `baseUrl`. A server of visavis understands more: own ids, a filter by name, whatever threshold.
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
  /** Told what the client does. It must not throw; what it throws is dropped. */
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

/** @throws VisavisError `invalid_option` */
export function checkClientOptions(options: VerifikClientOptions): ClientSettings {
  if (typeof options !== 'object' || options === null) throw invalid('options must be an object with a token')
  const { baseUrl = 'https://api.verifik.co', server = 'verifik', timeouts = {}, retry = {}, budget = {} } = options
  const { token, fetch = globalThis.fetch, maxResponseBytes = 2 ** 25, onEvent } = options
  if (typeof token !== 'function' && (typeof token !== 'string' || token === '')) {
    throw invalid('token must be a string that is not empty, or a function that gives one')
  }
  if (server !== 'verifik' && server !== 'visavis') throw invalid("server must be 'verifik' or 'visavis'")
  if (typeof fetch !== 'function') throw invalid('fetch must be a function; this runtime has none of its own')
  if (onEvent !== undefined && typeof onEvent !== 'function') throw invalid('onEvent must be a function')
  const { attempt = 10_000, total = 30_000 } = timeouts
  const { retries = 2, firstDelay = 500, longestDelay = 8000 } = retry
  return {
    baseUrl: checkBaseUrl(baseUrl, options.insecure === true),
    server,
    // Browsers want it called on the window.
    fetch: (...args) => fetch(...args),
    timeouts: {
      attempt: checkNumber('timeouts.attempt', attempt, 1, longestTimer),
      total: checkNumber('timeouts.total', total, 1, longestTimer),
    },
    retry: {
      retries: checkNumber('retry.retries', retries, 0, 10),
      firstDelay: checkNumber('retry.firstDelay', firstDelay, 0, longestTimer),
      longestDelay: checkNumber('retry.longestDelay', longestDelay, 0, longestTimer),
    },
    budget: checkBudget(budget),
    maxResponseBytes: checkNumber('maxResponseBytes', maxResponseBytes, 1024, 2 ** 30),
  }
}

/** Timers wait no longer. */
const longestTimer = 2 ** 31 - 1

export function checkNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value !== 'number' || !(value >= least && value <= most)) {
    throw invalid(`${name} must be a number from ${least} to ${most}`)
  }
  return value
}

function checkBudget(budget: CallBudgetOptions): CallBudgetOptions {
  for (const name of ['callsPerMinute', 'callsPerDay'] as const) {
    if (budget[name] !== undefined) checkNumber(`budget.${name}`, budget[name], 0, Number.MAX_SAFE_INTEGER)
  }
  return budget
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
  return url.href.replace(/\/+$/, '')
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

export function invalid(message: string): VisavisError {
  return new VisavisError('invalid_option', `${message}.`)
}
