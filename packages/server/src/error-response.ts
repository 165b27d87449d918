import { isVisavisError } from '@visavis/core'
import { toErrorAnswer } from '@visavis/wire'
import { Refusal } from './refusal.ts'

/** nginx's number for a caller that did not wait; it is only ever logged. */
const callerGone = 499

/** The answer to a request that failed: only what the caller can act on. */
export function errorResponse(error: unknown, signal: AbortSignal): Response {
  if (error instanceof Refusal) return refusalResponse(error)
  if (signal.aborted) return jsonResponse(callerGone, { message: 'aborted', code: 'ERROR' })
  if (!isVisavisError(error)) return jsonResponse(500, { message: 'internal_error', code: 'ERROR' })
  const { status, body } = toErrorAnswer(error)
  return jsonResponse(status, body, status === 429 || status === 503 ? { 'retry-after': '1' } : {})
}

/** What the log and the metrics call an error. */
export function errorCode(error: unknown, signal: AbortSignal): string {
  // Its message where it is a word for programs; sentences have a code that is one.
  if (error instanceof Refusal) return /^\w+$/.test(error.message) ? error.message : error.code.toLowerCase()
  if (signal.aborted) return 'aborted'
  return isVisavisError(error) ? error.code : 'unexpected'
}

export function refusalResponse({ status, message, code, retryAfter, close, headers }: Refusal): Response {
  return jsonResponse(
    status,
    { message, code },
    {
      ...headers,
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
      ...(close && { connection: 'close' }),
    },
  )
}

export function jsonResponse(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      // Answers are about people: no cache may store them, and they are nothing but JSON.
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
  })
}
