/** How many seconds' worth of calls may come at once. */
const burstSeconds = 10

interface Bucket {
  calls: number
  /** When `calls` was true, milliseconds. */
  at: number
}

/**
 * A token bucket for each caller: it fills evenly, and holds what ten seconds bring, so that a client which sends a few
 * calls at once is not refused for it.
 */
export class RateLimiter {
  readonly #buckets: WeakMap<object, Bucket> = new WeakMap()

  /**
   * Takes one call off a caller's bucket.
   *
   * @param caller Identified by the object.
   * @param perMinute How many calls a minute refill it.
   * @param now Milliseconds of a monotonic clock.
   * @returns 0 where the call may go on, otherwise the milliseconds until one may.
   */
  take(caller: object, perMinute: number, now: number = performance.now()): number {
    if (perMinute === Number.POSITIVE_INFINITY) return 0
    const perMillisecond = perMinute / 60_000
    const most = Math.max(1, perMillisecond * 1000 * burstSeconds)
    const bucket = this.#buckets.get(caller) ?? { calls: most, at: now }
    bucket.calls = Math.min(most, bucket.calls + (now - bucket.at) * perMillisecond)
    bucket.at = now
    this.#buckets.set(caller, bucket)
    if (bucket.calls < 1) return (1 - bucket.calls) / perMillisecond
    bucket.calls--
    return 0
  }
}
