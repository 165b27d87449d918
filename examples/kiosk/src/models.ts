import { VisavisError } from '@visavis/core'
import type { OfferedModel } from '../build/offered-model.ts'

/** The models that this kiosk was built with, dlib first. */
export const models: readonly OfferedModel[] = offeredModels

/** @throws VisavisError `model_load_failed` where the kiosk was built without it */
export function modelNamed(name: string): OfferedModel {
  const found = models.find((one) => one.name === name)
  if (found !== undefined) return found
  throw new VisavisError('model_load_failed', `This kiosk was built without the model ${name}.`)
}
