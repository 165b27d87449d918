import { expect } from 'vitest'
import { isUsearchError, type UsearchErrorCode } from '../usearch-error.ts'

/** Expects a call to fail with an error of this package that has this code and a message that ends as a sentence does. */
export async function refuses(call: () => unknown, code: UsearchErrorCode): Promise<void> {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => 'no error',
      (reason: unknown) => reason,
    )
  expect(isUsearchError(error) ? error.code : error).toBe(code)
  expect((error as Error).message).toMatch(/\.$/)
}
