import type { FaceMatcher } from '@visavis/core'
import { createWorkerMatcher } from '@visavis/worker'

/**
 * The matcher, in a worker, so that the page never waits for it.
 *
 * @param keep Whether over the people that this browser keeps; otherwise they are forgotten with the page.
 */
export async function openMatcher({ keep }: { keep: boolean }): Promise<FaceMatcher> {
  return createWorkerMatcher({
    // The page still shows, and enrolls, the crops that it searches.
    keepInputs: true,
    ...(keep ? { store: { kind: 'indexeddb', name: 'visavis-kiosk' }, restart: true } : {}),
  })
}
