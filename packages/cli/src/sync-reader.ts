import os from 'node:os'
import type { GalleryRecords, LocalMatcher } from '@visavis/core'

/** Each takes some 300 MB of memory while it works. */
const mostWorkers = 4

/**
 * The records of a matcher with the reading of pictures moved to workers of its own, so that searches do not wait for a
 * sync. One processor core is left to them. The workers start with the first picture, since most syncs bring none.
 */
export class SyncReader implements AsyncDisposable {
  readonly records: GalleryRecords
  readonly #model: string
  readonly #stop: AbortSignal
  #matcher: Promise<LocalMatcher> | undefined

  /**
   * @param model What the matcher's templates are made with.
   * @param stop Stops starting the workers.
   */
  constructor(records: GalleryRecords, model: string, stop: AbortSignal) {
    this.#model = model
    this.#stop = stop
    this.records = {
      ...records,
      faces: async (images, signal) => (await this.#open()).records.faces(images, signal),
      renewed: async (faces, signal) => (await this.#open()).records.renewed(faces, signal),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Where it did not open, the call that opened it has rejected.
    const matcher = await this.#matcher?.catch(() => undefined)
    await matcher?.close()
  }

  #open(): Promise<LocalMatcher> {
    this.#matcher ??= openReader(this.#model, this.#stop)
    return this.#matcher
  }
}

async function openReader(model: string, signal: AbortSignal): Promise<LocalMatcher> {
  const [{ createMatcher }, { createRecognizerPool }] = await Promise.all([
    import('@visavis/core'),
    import('@visavis/worker'),
  ])
  const size = Math.min(mostWorkers, Math.max(1, os.availableParallelism() - 1))
  // Without people: it only reads pictures.
  return createMatcher({ recognizer: await createRecognizerPool({ size, model, signal }) })
}
