import { isVisavisError, VisavisError, type ErrorCode } from '@visavis/core'
import {
  badResponse,
  carriesError,
  facePath,
  fromErrorAnswer,
  fromSessionAnswer,
  isTokenRefused,
  sessionPath,
} from '@visavis/wire'
import { CallBudget } from './call-budget.ts'
import type { ClientEvent } from './client-event.ts'
import { checkClientOptions, type ClientSettings, type VerifikClientOptions } from './client-options.ts'
import { timedOut, withDeadline, type Deadline } from './deadline.ts'
import { exchange, type HttpAnswer, type HttpRequest } from './exchange.ts'
import { parseRetryAfter, retryDelay } from './retry-timing.ts'
import { TokenKeeper } from './token-keeper.ts'

/** One call of the API, which may take several attempts. */
export interface Call {
  readonly method: HttpRequest['method']
  /** Below the endpoints of faces, with `{id}` for what is variable: `/persons/{id}`. */
  readonly path: string
  /** What stands in the place of `{id}`. */
  readonly id?: string
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  /** What is not found where the service says no more. @default 'person' */
  readonly entity?: 'person' | 'collection'
  /** Whether it may be sent again when it is not known what became of it. */
  readonly repeatable: boolean
  /** What the call makes, where it makes something: `person`. */
  readonly makes?: string
  readonly signal?: AbortSignal | undefined
  /** The answer to a failure that is one; `undefined` where it is none. */
  readonly readFailure?: (body: unknown) => unknown
}

/** What one attempt came to. */
interface Attempt {
  readonly answer?: HttpAnswer
  readonly error?: VisavisError
}

/** Sends calls: with the token, within the budget and the time, again where that does no harm. */
export class Connection {
  readonly settings: ClientSettings
  readonly #budget: CallBudget
  readonly #tokens: TokenKeeper
  readonly #onEvent: ((event: ClientEvent) => void) | undefined
  readonly #running: Set<Promise<unknown>> = new Set()
  #closed = false

  constructor(options: VerifikClientOptions) {
    this.settings = checkClientOptions(options)
    this.#budget = new CallBudget(this.settings.budget)
    this.#onEvent = options.onEvent
    this.#tokens = new TokenKeeper(options.token, {
      renew: (token) => this.#renew(token, 1),
      onRefresh: (succeeded) => this.emit({ type: 'token_refresh', succeeded }),
      timeout: this.settings.timeouts.total,
    })
  }

  emit(event: ClientEvent): void {
    try {
      this.#onEvent?.(event)
    } catch {
      // An error of the listener must not fail the call.
    }
  }

  /** Does the work of one method of the client; closing waits for it. @throws VisavisError `matcher_closed` */
  async run<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    signal?.throwIfAborted()
    if (this.#closed) throw new VisavisError('matcher_closed', 'The client was closed; create a new one.')
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.allSettled(this.#running)
  }

  /**
   * The body of the answer to a call that succeeded.
   *
   * @throws VisavisError of the RemoteError family, and what the service says is wrong with the call.
   */
  async call(call: Call): Promise<unknown> {
    return withDeadline(this.settings.timeouts.total, call.signal, (deadline) => this.#call(call, deadline))
  }

  async #call(call: Call, deadline: Deadline): Promise<unknown> {
    const endpoint = `${call.method} ${call.path}`
    let refreshed = false
    let failures = 0
    for (let attempt = 1; ; attempt++) {
      const token = await this.#getToken(deadline)
      if (!this.#budget.take()) {
        this.emit({ type: 'over_budget', endpoint })
        throw new VisavisError(
          'insufficient_credits',
          'The budget that this client was given is spent, so nothing was sent; wait, or give it a larger one.',
        )
      }
      const { answer, error } = await this.#attempt(call, { endpoint, attempt, token, deadline })
      if (error === undefined) return answer?.body
      if (answer !== undefined && !refreshed && isTokenRefused(answer.status, answer.body)) {
        refreshed = true
        // The service has not done anything yet, so even what is done once may be sent again.
        if ((await this.#waitFor(deadline, this.#tokens.refresh(token))) !== null) continue
        throw error
      }
      // Deleted by an attempt whose answer was lost.
      if (call.method === 'DELETE' && failures > 0 && error.code === `${call.entity ?? 'person'}_not_found`) return null
      const read = answer === undefined ? undefined : call.readFailure?.(answer.body)
      if (read !== undefined) return { data: read }
      failures++
      const delay = this.#delayBeforeRetry(call, failures, error, answer)
      if (delay === null || delay >= deadline.left) throw this.#explain(error, call, answer)
      this.emit({ type: 'retry', endpoint, attempt, code: error.code, delay })
      await this.#waitFor(deadline, deadline.wait(delay), error)
    }
  }

  /** A new token in the place of the one that is used, which is then used itself. */
  async renewToken(months: number, signal: AbortSignal | undefined): Promise<string> {
    return withDeadline(this.settings.timeouts.total, signal, async (deadline) => {
      const token = await this.#renew(await this.#getToken(deadline), months, deadline)
      this.#tokens.set(token)
      return token
    })
  }

  async #renew(token: string, months: number, parent?: Deadline): Promise<string> {
    const url = `${this.settings.baseUrl}${sessionPath}?origin=refresh&expiresIn=${months}`
    const answer = await withDeadline(this.settings.timeouts.attempt, parent?.signal, (deadline) =>
      exchange({ method: 'GET', url, token }, this.#transport(deadline)),
    )
    if (answer.status !== 200 || carriesError(answer.body)) throw fromErrorAnswer(answer.status, answer.body)
    return fromSessionAnswer(answer.body)
  }

  async #attempt(
    call: Call,
    {
      endpoint,
      attempt,
      token,
      deadline: total,
    }: { endpoint: string; attempt: number; token: string; deadline: Deadline },
  ): Promise<Attempt> {
    const started = performance.now()
    const request: HttpRequest = { method: call.method, url: this.#url(call), token, body: call.body }
    const time = Math.min(this.settings.timeouts.attempt, total.left)
    try {
      const answer = await withDeadline(time, total.signal, (deadline) => exchange(request, this.#transport(deadline)))
      const milliseconds = performance.now() - started
      this.emit({ type: 'answer', endpoint, attempt, status: answer.status, milliseconds, bytes: answer.bytes })
      const error = judge(answer, call)
      return error === undefined ? { answer } : { answer, error }
    } catch (error) {
      // A caller's reason may be anything, an error of this library even.
      if (total.signal.aborted && total.signal.reason !== timedOut) throw total.signal.reason
      const known = isVisavisError(error) ? error : new VisavisError('network', 'The service could not be asked.')
      this.emit({ type: 'failure', endpoint, attempt, code: known.code, milliseconds: performance.now() - started })
      return { error: known }
    }
  }

  /** @returns Milliseconds; `null` where the call must not or need not be sent again. */
  #delayBeforeRetry(call: Call, failures: number, error: VisavisError, answer: HttpAnswer | undefined): number | null {
    if (!call.repeatable || failures > this.settings.retry.retries || !mayPass(error.code, answer, failures))
      return null
    return retryDelay(failures, this.settings.retry, parseRetryAfter(answer?.retryAfter ?? null))
  }

  /** Says what is not known after a call that makes something. */
  #explain(error: VisavisError, { makes, repeatable }: Call, answer: HttpAnswer | undefined): VisavisError {
    const { code, message } = error
    const open = code === 'network' || code === 'timeout' || code === 'server' || code === 'bad_response'
    if (makes !== undefined && open) {
      return new VisavisError(
        code,
        `${message.replace(/\.$/, '')}; the ${makes} may have been made all the same, so look before making it again.`,
      )
    }
    const wait = code === 'rate_limited' ? parseRetryAfter(answer?.retryAfter ?? null) : null
    if (wait === null || !repeatable) return error
    return new VisavisError(code, `The service was asked too often; ask again in ${Math.ceil(wait / 1000)} seconds.`)
  }

  async #getToken(deadline: Deadline): Promise<string> {
    return this.#waitFor(deadline, this.#tokens.get())
  }

  /** @param last What went wrong before, which says more than that the time is up. */
  async #waitFor<T>(deadline: Deadline, promise: Promise<T>, last?: VisavisError): Promise<T> {
    try {
      return await deadline.race(promise)
    } catch (error) {
      if (error === timedOut && last !== undefined) throw last
      throw error === timedOut ? outOfTime() : error
    }
  }

  #transport(deadline: Deadline): Parameters<typeof exchange>[1] {
    return { fetch: this.settings.fetch, deadline, maxBytes: this.settings.maxResponseBytes }
  }

  #url({ path, id, query = {} }: Call): string {
    const search = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value))
    const filled = id === undefined ? path : path.replace('{id}', () => encodeURIComponent(id))
    const tail = search.toString()
    return `${this.settings.baseUrl}${facePath}${filled}${tail === '' ? '' : `?${tail}`}`
  }
}

/** Why an answer is none; `undefined` where it is one. */
function judge({ status, body, isJson }: HttpAnswer, { entity = 'person' }: Call): VisavisError | undefined {
  if (status < 200 || status > 299 || carriesError(body)) return fromErrorAnswer(status, body, { entity })
  return isJson ? undefined : badResponse('is no JSON')
}

/** Whether another attempt may well go better. */
function mayPass(code: ErrorCode, answer: HttpAnswer | undefined, failures: number): boolean {
  if (answer === undefined) return code === 'network' || code === 'timeout'
  if (answer.status === 500 || answer.status < 400) return code === 'server' && failures === 1
  return code === 'rate_limited' || code === 'timeout' || (code === 'server' && [502, 503, 504].includes(answer.status))
}

function outOfTime(): VisavisError {
  return new VisavisError(
    'timeout',
    'The call did not get done in the time that all its attempts have; ask again later.',
  )
}
