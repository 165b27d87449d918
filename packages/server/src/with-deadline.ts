import { VisavisError } from '@visavis/core'

/**
 * Runs work with a signal that aborts with the caller's or when the time is up. The work is awaited as long as it has
 * time, also after an abort: until it ends, it still occupies its turn.
 *
 * @throws VisavisError `timeout` where the work did not end in time; what the work throws.
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  milliseconds: number,
): Promise<T> {
  signal.throwIfAborted()
  const stop = new AbortController()
  const abort = (): void => stop.abort(signal.reason)
  signal.addEventListener('abort', abort)
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new VisavisError(
        'timeout',
        'The recognition was not done in time; see to the machine, or try later.',
      )
      stop.abort(error)
      reject(error)
    }, milliseconds)
  })
  try {
    return await Promise.race([work(stop.signal), late])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}
