import type { FaceMatcher, LocalMatcher } from '@visavis/core'
import type { Crash } from './step.ts'

/** The models of the recognizers that a gallery is opened with. */
export interface HomeModels {
  readonly modelId: string
  readonly previous: string | undefined
}

/** Where a gallery lives while a sequence of steps is done to it. */
export interface Home extends AsyncDisposable {
  /** As callers have it. */
  readonly matcher: FaceMatcher
  /** The same gallery beside its store. */
  readonly local: LocalMatcher
  /** What its callers are told in the place of a code: a server keeps to itself what goes wrong inside. */
  told?(code: string): string
  /** Closes the gallery, where it is still alive, and opens what is left of it. */
  reopen(models: HomeModels): Promise<void>
  /**
   * Does the work, in which the process ends at the given moment, if it comes to that; then the gallery has to be opened
   * again.
   */
  dieIn?(crash: Crash, work: () => Promise<unknown>): Promise<{ hasDied: boolean }>
  /** Changes what the store is encrypted with. */
  rotate?(): Promise<void>
}
