import type { Recognizer } from '@visavis/core'
import { createRecognizer, type ModelChoice } from '@visavis/core/tfjs'
import { optInFiles } from '../../packages/models/build/opt-in.ts'

/** The recognizer of a model, with the networks that the models package does not ship made from development dependencies. */
export async function openRecognizer(model: ModelChoice = 'dlib'): Promise<Recognizer> {
  return createRecognizer({ model, ...(model === 'dlib' ? {} : { assets: await optInFiles() }) })
}
