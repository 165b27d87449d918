import { isVisavisError, type ErrorCode } from '@visavis/core'
import { describeError } from './words.ts'

const failures: Partial<Record<ErrorCode, string>> = {
  network: 'it cannot be reached',
  timeout: 'it took too long',
  unauthorized: 'it does not take the token',
  forbidden: 'the token does not allow it',
  insufficient_credits: 'there are no credits left',
  rate_limited: 'it was asked too often',
  collection_not_found: 'it does not have this collection',
  bad_request: 'it does not understand this kiosk',
  bad_response: 'it gave an answer that makes no sense',
  server: 'it does not work now',
}

/** Why the cloud did not do what was asked of it. */
export function describeCloudFailure(code: ErrorCode): string {
  return `The cloud was of no help: ${failures[code] ?? 'it does not work now'}.`
}

/** The same where what failed may be this device, too. */
export function describeFailure(error: unknown): string {
  if (isVisavisError(error) && failures[error.code] !== undefined) return describeCloudFailure(error.code)
  const { title, text } = describeError(error)
  return `${title}. ${text}`
}
