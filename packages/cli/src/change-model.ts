import type { LocalMatcher } from '@visavis/core'
import { describeError } from './command-error.ts'

/** One line of the log about a change of model: no face, name or id of a person is in it. */
export interface ModelEntry {
  readonly time: string
  readonly level: 'info' | 'error'
  readonly event: 'model_change_started' | 'model_change_progress' | 'model_changed' | 'model_change_failed'
  readonly [detail: string]: unknown
}

interface ChangeModelOptions {
  /** Answers searches meanwhile. */
  readonly matcher: Pick<LocalMatcher, 'outdatedPeople' | 'reembed' | 'records'>
  readonly log: (entry: ModelEntry) => void
  readonly signal: AbortSignal
}

/** How often the log says how far it is, milliseconds. */
const progressEvery = 60_000

/**
 * Makes the templates of all people anew with the matcher's model, and logs it; what fails is retried at the next
 * start.
 */
export async function changeModel({ matcher, log, signal }: ChangeModelOptions): Promise<void> {
  const write = (level: ModelEntry['level'], event: ModelEntry['event'], details: object): void =>
    log({ time: new Date().toISOString(), level, event, ...details })
  try {
    const people = await matcher.outdatedPeople()
    if (people === 0) return
    write('info', 'model_change_started', { people, model: matcher.records.model.id })
    let told = performance.now()
    const report = await matcher.reembed({
      signal,
      onProgress(progress) {
        if (performance.now() - told < progressEvery) return
        told = performance.now()
        write('info', 'model_change_progress', progress)
      },
    })
    write('info', 'model_changed', {
      people: report.people,
      failed: report.failed.length,
      model: matcher.records.model.id,
    })
  } catch (error) {
    if (signal.aborted) return
    const { code, message } = describeError(error)
    write('error', 'model_change_failed', { code, message })
  }
}
