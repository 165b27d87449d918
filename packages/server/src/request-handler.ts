import type { FaceMatcher } from '@visavis/core'
import { expiredTokenAnswer, noFields, readRequest } from '@visavis/wire'
import type { z } from 'zod'
import type { AccessList, Grant } from './access-list.ts'
import { BodyBudget, type BodyLease } from './body-budget.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { errorCode, errorResponse, jsonResponse } from './error-response.ts'
import { isLoopback } from './loopback.ts'
import { RateLimiter } from './rate-limiter.ts'
import { Refusal } from './refusal.ts'
import { readJson } from './request-body.ts'
import { readImages } from './request-images.ts'
import { describeUnexpected, type Log } from './server-log.ts'
import { ServerMetrics } from './server-metrics.ts'
import type { ImageHost, ServerLimits } from './server-options.ts'
import { withDeadline } from './with-deadline.ts'
import { WorkQueue } from './work-queue.ts'

export interface RequestHandlerOptions {
  readonly matcher: FaceMatcher
  /** Undefined where no token is needed. */
  readonly access: AccessList | undefined
  readonly limits: ServerLimits
  readonly imageHosts: readonly ImageHost[]
  readonly log: Log
}

/** What is learned about a request while it is served, for its answer and the log. */
interface Progress {
  readonly id: string
  grant?: Grant
  waited: number
  bytes: number
}

interface Failure {
  readonly error: unknown
  readonly code: string
}

/** Takes a request through everything that stands between the network and the matcher. */
export class RequestHandler {
  readonly metrics: ServerMetrics
  readonly #options: RequestHandlerOptions
  readonly #queue: WorkQueue
  readonly #budget: BodyBudget
  readonly #rates: RateLimiter = new RateLimiter()

  constructor(options: RequestHandlerOptions) {
    const { concurrency, waiting, waitMilliseconds, bodyBytesInFlight } = options.limits
    this.#options = options
    this.#queue = new WorkQueue({ concurrency, waiting, patience: waitMilliseconds })
    this.#budget = new BodyBudget(bodyBytesInFlight)
    this.metrics = new ServerMetrics({
      running: () => this.#queue.running,
      waiting: () => this.#queue.waiting,
      bodyBytes: () => this.#budget.held,
    })
  }

  /**
   * Answers one request; it never rejects.
   *
   * @param target What it is for, or why it is for nothing.
   * @param id The one in its path.
   */
  async serve(target: Endpoint | Refusal, request: Request, id: string = ''): Promise<Response> {
    const started = performance.now()
    const progress: Progress = { id: crypto.randomUUID().replaceAll('-', '').slice(0, 12), waited: 0, bytes: 0 }
    let response: Response
    let failure: Failure | undefined
    try {
      if (target instanceof Refusal) throw target
      response = jsonResponse(200, await this.#run(target, request, id, progress))
    } catch (thrown) {
      failure = { error: thrown, code: errorCode(thrown, request.signal) }
      response = errorResponse(thrown, request.signal)
    }
    response.headers.set('x-request-id', progress.id)
    this.#record(target instanceof Refusal ? null : target, progress, {
      status: response.status,
      milliseconds: performance.now() - started,
      failure,
    })
    return response
  }

  /** Whose request this is. @throws Refusal 401, 403 */
  async authorize(request: Request, scope: Endpoint['scope'] | null): Promise<Grant | undefined> {
    const { access } = this.#options
    if (access === undefined) {
      // A page of another origin can make its own name lead here, but not send a request under ours.
      if (!isLoopback(new URL(request.url).hostname)) throw Refusal.for('forbidden', { close: true })
      return undefined
    }
    const grant = await access.identify(request.headers.get('authorization'))
    if (grant === 'expired') throw Refusal.like(expiredTokenAnswer, { close: true })
    if (typeof grant === 'string') {
      throw Refusal.for('unauthorized', { close: true, headers: { 'www-authenticate': 'Bearer' } })
    }
    if (scope !== null && !grant.scopes.has(scope)) throw Refusal.for('forbidden', { close: true })
    return grant
  }

  async #run(endpoint: Endpoint, request: Request, id: string, progress: Progress): Promise<object> {
    const grant = await this.authorize(request, endpoint.scope)
    if (grant !== undefined) {
      progress.grant = grant
      this.#checkRate(grant)
    }
    using lease = this.#budget.lease()
    const url = new URL(request.url)
    const query = readRequest(endpoint.query ?? noFields, queryParameters(url))
    // A field that is passed over was meant to change something, so none is, also where no body is expected.
    const schema = endpoint.body ?? (hasBody(endpoint, request) ? noFields : undefined)
    const body = schema === undefined ? undefined : await this.#readBody(schema, request, lease, progress)
    const { matcher, imageHosts: hosts, limits } = this.#options
    const { signal } = request
    const call: Call = {
      requestId: progress.id,
      matcher,
      body,
      query,
      id,
      url,
      authorization: request.headers.get('authorization'),
      signal,
      images: (texts) => readImages(texts, { hosts, limits, lease, signal }),
      recognize: (work) => this.#recognize((stop) => work(matcher, stop), signal, progress),
      searched: (found) => this.metrics.searched(found),
    }
    return endpoint.run(call as Call<never, never>)
  }

  #checkRate(grant: Grant): void {
    const perMinute = grant.requestsPerMinute ?? this.#options.limits.requestsPerMinute
    const wait = this.#rates.take(grant, perMinute)
    if (wait === 0) return
    throw Refusal.for('rate_limited', { retryAfter: Math.ceil(wait / 1000), close: true })
  }

  async #readBody<Body>(
    schema: z.ZodType<Body, unknown>,
    request: Request,
    lease: BodyLease,
    progress: Progress,
  ): Promise<Body> {
    const { bodyBytes: bytes, bodyMilliseconds: patience } = this.#options.limits
    try {
      return readRequest(schema, await readJson(request, lease, { bytes, patience }))
    } finally {
      progress.bytes = lease.bytes
    }
  }

  async #recognize<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal, progress: Progress): Promise<T> {
    const asked = performance.now()
    return this.#queue.run(() => {
      const waited = performance.now() - asked
      progress.waited += waited
      this.metrics.waited(waited / 1000)
      return withDeadline(work, signal, this.#options.limits.recognitionMilliseconds)
    }, signal)
  }

  #record(
    endpoint: Endpoint | null,
    { id, grant, waited, bytes }: Progress,
    { status, milliseconds, failure }: { status: number; milliseconds: number; failure: Failure | undefined },
  ): void {
    const code = failure?.code ?? null
    const { method, path: route, scope } = endpoint ?? { method: 'other', path: null, scope: null }
    this.metrics.answered({ method, route: route ?? 'none', status, seconds: milliseconds / 1000, code })
    this.#options.log({
      time: new Date().toISOString(),
      level: status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info',
      event: 'request',
      requestId: id,
      method,
      route,
      status,
      milliseconds: Math.round(milliseconds),
      waited: Math.round(waited),
      bytes,
      caller: grant?.name ?? null,
      scope,
      code,
      ...(status === 500 && { error: describeUnexpected(failure?.error) }),
    })
  }
}

/** Each name with its text, or with all of them where it stands several times. */
function queryParameters({ searchParams }: URL): Record<string, unknown> {
  const names = [...new Set(searchParams.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const values = searchParams.getAll(name)
      return [name, values.length === 1 ? values[0] : values]
    }),
  )
}

/** Whether a request that needs no body has one. The body of a call that is not served is not read. */
function hasBody({ method }: Endpoint, { headers }: Request): boolean {
  const isSent = Number(headers.get('content-length') ?? 0) > 0 || headers.has('transfer-encoding')
  return method === 'DELETE' && isSent
}
