import { isVisavisError, type LocalMatcher } from '@visavis/core'
import { createWorkerMatcher, type WorkerMatcherOptions } from '@visavis/worker'
import { modelNamed } from './models.ts'
import type { Settings } from './settings.ts'

export interface OpenOptions {
  /** Whether over the people that this browser keeps; otherwise they are forgotten with the page. */
  keep: boolean
  settings: Pick<Settings, 'index' | 'model' | 'previousModel'>
  /** Told how many of them are read. */
  onProgress: NonNullable<WorkerMatcherOptions['onProgress']>
}

/**
 * The matcher, in a worker, so that the page never waits for it.
 *
 * @throws VisavisError `model_load_failed` where the kiosk was built without a model that is set, and what
 * `createWorkerMatcher` throws
 */
export async function openMatcher({ keep, settings, onProgress }: OpenOptions): Promise<LocalMatcher> {
  const { index, previousModel } = settings
  const model = modelNamed(settings.model)
  const previous = previousModel === null ? undefined : modelNamed(previousModel)
  return createWorkerMatcher({
    // The page still shows, and enrolls, the crops that it searches.
    keepInputs: true,
    // A graph is kept beside the people, for the next start.
    index,
    model: model.name,
    assets: { ...previous?.files, ...model.files },
    onProgress,
    ...(previous === undefined ? {} : { previousModel: previous.name }),
    ...(keep ? { store: { kind: 'indexeddb', name: 'visavis-kiosk' }, restart: true } : {}),
  })
}

/** Whether a model's files were not to be had, or not what they should be. */
export function isModelFault(error: unknown): boolean {
  return isVisavisError(error, 'model_load_failed') || isVisavisError(error, 'model_corrupt')
}
