import { VisavisError } from '@visavis/core'

/**
 * Does work that is told to stop when the signal aborts or its time is up. It is waited for as long as it has time, also
 * after an abort: what still runs still takes its turn.
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
