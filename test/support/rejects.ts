import { isVisavisError, type ErrorCode } from '@visavis/core'
import { expect } from 'vitest'

/** Expects a call to reject with an error of visavis that has this code and a message that ends as a sentence does. */
export async function rejects(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error = await call.then(
    () => 'no error',
    (reason: unknown) => reason,
  )
  expect(isVisavisError(error) ? error.code : error).toBe(code)
  expect((error as Error).message).toMatch(/\.$/)
}
