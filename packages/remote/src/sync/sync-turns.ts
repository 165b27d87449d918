import type { GalleryRecords } from '@visavis/core'

/** Each of two concurrent syncs of one matcher would remove the other's people: each waits for those before it. */
const running: WeakMap<GalleryRecords, Promise<unknown>> = new WeakMap()

/** Runs the work when all earlier work for the same matcher is done. @throws the signal's reason */
export async function inTurn<T>(
  records: GalleryRecords,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const before = running.get(records) ?? Promise.resolve()
  const run = waitFor(before, signal).then(work)
  const both = Promise.allSettled([before, run])
  running.set(records, both)
  void both.then(() => running.get(records) === both && running.delete(records))
  return run
}

async function waitFor(before: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const stop = (): void => reject(signal?.reason)
    signal?.addEventListener('abort', stop, { once: true })
    void before.finally(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
  })
}
