import { VisavisError } from '@visavis/core'
import { withDeadline } from './deadline.ts'

/** Gives the access token; `refused` says that the service does not accept the last one any more. */
export type TokenFunction = (request: { refused: boolean }) => string | Promise<string>

export interface TokenKeeperOptions {
  /** Asks the service for a new token in the place of one. */
  renew: (token: string) => Promise<string>
  onRefresh: (succeeded: boolean) => void
  /** For asking once, milliseconds. */
  timeout: number
}

/**
 * The token of a client. However many calls find it refused at once, it is refreshed once, and all of them wait for
 * that. It is nowhere but in here and in the header of a request.
 */
export class TokenKeeper {
  readonly #source: string | TokenFunction
  readonly #renew: TokenKeeperOptions['renew']
  readonly #onRefresh: TokenKeeperOptions['onRefresh']
  readonly #timeout: number
  #token: string | undefined
  #asking: Promise<string> | undefined
  /** A token that could not be refreshed is not tried again. */
  #dead: string | undefined

  constructor(source: string | TokenFunction, { renew, onRefresh, timeout }: TokenKeeperOptions) {
    this.#source = source
    this.#renew = renew
    this.#onRefresh = onRefresh
    this.#timeout = timeout
  }

  /** @throws VisavisError `unauthorized` where there is none. */
  async get(): Promise<string> {
    if (this.#token !== undefined) return this.#token
    const source = this.#source
    return this.#ask(() => (typeof source === 'string' ? source : source({ refused: false })))
  }

  /** Another token than the one that was refused; `null` where there is none. */
  async refresh(refused: string): Promise<string | null> {
    if (this.#token !== undefined && this.#token !== refused) return this.#token
    if (this.#dead === refused) return null
    this.#token = undefined
    const source = this.#source
    const isFirst = this.#asking === undefined
    const asked = this.#ask(() => (typeof source === 'string' ? this.#renew(refused) : source({ refused: true })))
    const token = await asked.catch(() => refused)
    if (isFirst) this.#onRefresh(token !== refused)
    if (token !== refused) return token
    // A string does not change; a function may be called again.
    if (typeof source === 'string') this.#dead = refused
    this.#token ??= refused
    return null
  }

  /** Puts another token in the place of the one before. */
  set(token: string): void {
    this.#token = checkToken(token)
  }

  /** Concurrent callers share one request. */
  #ask(source: () => string | Promise<string>): Promise<string> {
    this.#asking ??= this.#askOnce(source).finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  async #askOnce(source: () => string | Promise<string>): Promise<string> {
    let token: unknown
    try {
      token = await withDeadline(this.#timeout, undefined, (deadline) => deadline.race(Promise.resolve().then(source)))
    } catch {
      // What was thrown is not passed on: it may well hold the token.
      throw new VisavisError('unauthorized', 'No token could be had: asking for it failed; see to what gives it.')
    }
    this.#token = checkToken(token)
    return this.#token
  }
}

/** A header would not take it, and say so with the token in the message. */
function checkToken(token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]{1,16384}$/.test(token)) return token
  throw new VisavisError(
    'unauthorized',
    'The token must be one word of letters, digits and marks, without "Bearer", spaces and line breaks; pass it so.',
  )
}
