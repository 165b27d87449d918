import type { LocalMatcher } from '@visavis/core'
import { createWorkerMatcher, type WorkerMatcherOptions } from '@visavis/worker'
import type { Settings } from './settings.ts'

export interface OpenOptions {
  /** Whether over the people that this browser keeps; otherwise they are forgotten with the page. */
  keep: boolean
  settings: Pick<Settings, 'index'>
  /** Told how many of them are read. */
  onProgress: NonNullable<WorkerMatcherOptions['onProgress']>
}

/** The matcher, in a worker, so that the page never waits for it. */
export async function openMatcher({ keep, settings, onProgress }: OpenOptions): Promise<LocalMatcher> {
  return createWorkerMatcher({
    // The page still shows, and enrolls, the crops that it searches.
    keepInputs: true,
    // A graph is kept beside the people, for the next start.
    index: settings.index,
    onProgress,
    ...(keep ? { store: { kind: 'indexeddb', name: 'visavis-kiosk' }, restart: true } : {}),
  })
}
