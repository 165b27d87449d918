export interface RetryOptions {
  /** How often a call is tried again, 0 to 10. @default 2 */
  retries?: number
  /** Before the first retry; each further wait is twice as long. Milliseconds. @default 500 */
  firstDelay?: number
  /** Milliseconds. @default 8000 */
  longestDelay?: number
}

/**
 * How long to wait after an attempt, milliseconds: what the service asked for, or else exponentially longer with jitter
 * between the half and the whole, so that many clients do not come back at once.
 *
 * @param attempt The one that failed, from 1.
 */
export function retryDelay(
  attempt: number,
  { firstDelay, longestDelay }: Required<RetryOptions>,
  retryAfter: number | null,
  random: number = Math.random(),
): number {
  // A little later than asked, for the same reason.
  if (retryAfter !== null) return retryAfter + random * Math.min(firstDelay, 1000)
  return Math.min(longestDelay, firstDelay * 2 ** (attempt - 1)) * (0.5 + random / 2)
}

/**
 * The milliseconds that a `Retry-After` asks for: seconds, or a date.
 *
 * @returns `null` where it asks for nothing that can be read.
 */
export function parseRetryAfter(header: string | null, now: number = Date.now()): number | null {
  const text = header?.trim() ?? ''
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text)) return Number(text) * 1000
  // `Date.parse` reads all sorts of things; dates of HTTP begin with the day of the week.
  if (!/^(mon|tue|wed|thu|fri|sat|sun)/i.test(text)) return null
  const time = Date.parse(text)
  return Number.isNaN(time) ? null : Math.max(0, time - now)
}
