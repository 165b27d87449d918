import { setTimeout as sleep } from 'node:timers/promises'

export interface SyncSchedule {
  /** Milliseconds from the end of one run to the beginning of the next. */
  readonly every: number
  /** One run. */
  readonly run: () => Promise<void>
  /** Called when a run has failed, with the milliseconds until the next one. */
  readonly onFailure: (error: unknown, delay: number) => void
  /** Whether a first run that failed with this error may succeed later. */
  readonly mayPass: (error: unknown) => boolean
  readonly signal: AbortSignal
}

/**
 * The first pause after a failure: short where a network comes back, long enough not to flood a service that is down.
 */
const firstPause = 60_000
const longestPause = 3_600_000

/** Runs repeatedly until the signal is aborted; failures are reported and retried. */
export async function repeat({ every, run, onFailure, mayPass, signal }: SyncSchedule): Promise<void> {
  for (let runs = 0, failures = 0; !signal.aborted; runs++) {
    let delay = every
    try {
      await run()
      failures = 0
    } catch (error) {
      if (signal.aborted) return
      if (runs === 0 && !mayPass(error)) throw error
      delay = delayAfter(++failures, every)
      onFailure(error, delay)
    }
    await sleep(delay, undefined, { signal }).catch(() => undefined)
  }
}

/**
 * A minute after the first failure, or as long as usual where that is less, then twice as long each time, up to an hour.
 * Milliseconds.
 */
export function delayAfter(failures: number, every: number): number {
  return Math.min(longestPause, Math.min(firstPause, every) * 2 ** (failures - 1))
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const longest = 7 * 86_400_000

/** Milliseconds of `90s`, `15m`, `6h` or `1d`; `undefined` for anything else, or more than a week. */
export function parseInterval(text: string): number | undefined {
  const [, number, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? []
  const milliseconds = Number(number) * (units[unit ?? ''] ?? Number.NaN)
  return milliseconds <= longest ? milliseconds : undefined
}

/** A duration in the largest unit that it has two of. */
export function describeInterval(milliseconds: number): string {
  if (milliseconds >= 7_200_000) return `${Math.round(milliseconds / 3_600_000)} hours`
  if (milliseconds >= 120_000) return `${Math.round(milliseconds / 60_000)} minutes`
  return `${Math.round(milliseconds / 1000)} s`
}
