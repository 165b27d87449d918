import { VisavisError, type ErrorCode } from '@visavis/core'
import { toErrorAnswer, type ErrorAnswer } from '@visavis/wire'

export interface RefusalOptions {
  /** Seconds until it is worth trying again. */
  readonly retryAfter?: number
  /** The connection is not to be used again: what was sent on it has not been read. */
  readonly close?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** Why a request is not served, as Verifik's API says it: a status, a token for programs, and a family. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  /** Verifik's `code`, whose spelling depends on the endpoint there; programs go by the status and the message. */
  readonly code: string
  readonly retryAfter: number | undefined
  readonly close: boolean
  readonly headers: Readonly<Record<string, string>>

  /** @param message A token such as `token_expired`, or a sentence; never anything of a person or a secret. */
  constructor(
    status: number,
    message: string,
    code: string,
    { retryAfter, close = false, headers = {}, cause }: RefusalOptions = {},
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
    this.close = close
    this.headers = headers
  }

  /** The refusal that the wire has for an error of the library. */
  static for(error: ErrorCode, options?: RefusalOptions): Refusal {
    return Refusal.like(toErrorAnswer(new VisavisError(error, 'Refused.')), options)
  }

  static like({ status, body }: ErrorAnswer, options?: RefusalOptions): Refusal {
    return new Refusal(status, body.message, body.code ?? 'ERROR', options)
  }
}
