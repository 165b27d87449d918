import type { ErrorCode } from '@visavis/core'

/**
 * What a client does, for logs and metrics: never a picture, a name, an id or a token. `endpoint` is the method and the
 * path with its variables as such, like `GET /persons/{id}`; `attempt` counts from 1.
 */
export type ClientEvent =
  | {
      readonly type: 'answer'
      readonly endpoint: string
      readonly attempt: number
      readonly status: number
      readonly milliseconds: number
      /** Of the answer's body. */
      readonly bytes: number
    }
  | {
      /** No answer came, or none that can be read. */
      readonly type: 'failure'
      readonly endpoint: string
      readonly attempt: number
      readonly code: ErrorCode
      readonly milliseconds: number
    }
  | {
      readonly type: 'retry'
      readonly endpoint: string
      /** The one that failed. */
      readonly attempt: number
      readonly code: ErrorCode
      /** Until the next attempt, milliseconds. */
      readonly delay: number
    }
  | {
      /** The service refused the token, and another one was requested. */
      readonly type: 'token_refresh'
      readonly succeeded: boolean
    }
  | {
      /** The client's own budget kept a call from being sent. */
      readonly type: 'over_budget'
      readonly endpoint: string
    }
  | {
      /** The service answered in percent, which was turned into scores from 0 to 1. */
      readonly type: 'percent_scores'
      readonly endpoint: string
    }
