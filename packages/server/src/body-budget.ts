import { Refusal } from './refusal.ts'

/** What one request holds of the budget; given back when it is disposed. */
export interface BodyLease extends Disposable {
  readonly bytes: number
  /** @throws Refusal 503 where all requests together would hold too much. */
  grow(bytes: number): void
}

/**
 * How many bytes the bodies of all requests under way may hold together. It is counted as bytes come in and not as they
 * are announced, so connections that send slowly take nothing away from the others.
 */
export class BodyBudget {
  readonly #most: number
  #held = 0

  constructor(most: number) {
    this.#most = most
  }

  get held(): number {
    return this.#held
  }

  lease(): BodyLease {
    let bytes = 0
    return {
      get bytes() {
        return bytes
      },
      grow: (more) => {
        if (this.#held + more > this.#most) {
          throw new Refusal(503, 'overloaded', 'ServiceUnavailable', { retryAfter: 1, close: true })
        }
        this.#held += more
        bytes += more
      },
      [Symbol.dispose]: () => {
        this.#held -= bytes
        bytes = 0
      },
    }
  }
}
