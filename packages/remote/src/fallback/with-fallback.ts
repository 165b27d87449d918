import {
  isVisavisError,
  VisavisError,
  type Crop,
  type ErrorCode,
  type FaceSearcher,
  type SearchChoice,
  type SearchOptions,
  type SearchResult,
} from '@visavis/core'
import {
  takePicture,
  callback,
  checkOptions,
  having,
  invalidOption,
  number,
  optional,
  optionsOf,
  type OptionShape,
} from '@visavis/core/kit'
import { CircuitBreaker, type CircuitBreakerOptions } from './circuit-breaker.ts'
import { timedOut, withDeadline } from '../client/deadline.ts'
import { policyOptions, whyNotEnough, type FallbackPolicy } from './fallback-policy.ts'

export interface FallbackOptions {
  /** This device: a matcher, or one that is still loading. */
  local: FaceSearcher | Promise<FaceSearcher>
  /** The cloud. Collections have the same ids there: their codes. */
  remote: FaceSearcher
  /** @default nothing is ever sent */
  policy?: FallbackPolicy
  /** For the cloud to answer, milliseconds. @default 2000 */
  timeout?: number
  breaker?: CircuitBreakerOptions
  /** Called with each decision. What it throws is dropped. */
  onEvent?: (event: FallbackEvent) => void
}

/** What was decided; nothing of a face or a person. */
export type FallbackEvent =
  | { readonly type: 'remote_asked'; readonly reason: SearchChoice['reason'] }
  | { readonly type: 'remote_failed'; readonly code: ErrorCode; readonly milliseconds: number }
  /** No face is sent to the cloud for so many milliseconds. */
  | { readonly type: 'remote_paused'; readonly code: ErrorCode; readonly milliseconds: number }

/**
 * A searcher that searches this device and, where the policy says so, the cloud. An answer is all of the one or all of
 * the other: their scores mean different things and are never mixed. `choice` says why.
 *
 * Where the device's answer was not enough and the cloud does not answer either, the device's answer stands. A picture
 * without a face, or with one of low quality, is not sent.
 *
 * @throws VisavisError `invalid_option`
 */
export function withFallback(options: FallbackOptions): FaceSearcher {
  return new FallbackSearcher(options)
}

/** Errors that are answers: the source works, so it is not paused. */
const verdicts: ReadonlySet<ErrorCode> = new Set([
  'invalid_image',
  'no_face',
  'multiple_faces',
  'low_quality',
  'invalid_option',
  'bad_request',
  'collection_not_found',
])

class FallbackSearcher implements FaceSearcher {
  readonly #remote: FaceSearcher
  readonly #policy: FallbackPolicy
  readonly #timeout: number
  readonly #breaker: CircuitBreaker
  readonly #onEvent: ((event: FallbackEvent) => void) | undefined
  readonly #loading: Promise<FaceSearcher>
  /** The searcher of this device, once it is loaded. */
  #local: FaceSearcher | undefined

  constructor(options: FallbackOptions) {
    checkOptions('options', fallbackOptions, options)
    const { local, remote, policy = {}, timeout = 2000, breaker = {}, onEvent } = options
    this.#timeout = timeout
    this.#remote = remote
    this.#policy = policy
    this.#breaker = new CircuitBreaker(breaker)
    this.#onEvent = onEvent
    if ('search' in local) this.#local = local
    this.#loading = Promise.resolve(local).then((loaded) => {
      this.#local = loaded
      return loaded
    })
    // A search rejects with it; before one, it must not be an unhandled rejection.
    this.#loading.catch(() => {})
  }

  async search(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult> {
    options?.signal?.throwIfAborted()
    // Copied: the two are searched one after the other, and the caller may change pictures and options meanwhile.
    const taken = Array.isArray(crop) ? crop.map(takePicture) : takePicture(crop as Crop)
    const asked = { ...options }
    return this.#policy.first === 'remote' ? this.#remoteFirst(taken, asked) : this.#localFirst(taken, asked)
  }

  async #localFirst(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult> {
    const { localNotReady = false } = this.#policy
    if (this.#local === undefined && localNotReady) {
      const asked = await this.#askRemote(crop, options, 'local_not_ready')
      if ('result' in asked) return asked.result
      // The device may be ready by now, or soon.
      const local = await this.#askLocal(crop, options)
      if ('result' in local) return chosen(local.result, 'local_not_ready', local.result, asked.error.code)
      throw neither(local.error, asked.error)
    }
    const local = await this.#askLocal(crop, options)
    const reason = 'error' in local ? this.#whyAsk(local.error) : whyNotEnough(local.result, this.#policy)
    if (reason === null) {
      if ('error' in local) throw local.error
      return chosen(local.result, 'first', local.result)
    }
    const answer = 'result' in local ? local.result : undefined
    const asked = await this.#askRemote(crop, options, reason, answer)
    if ('result' in asked) return asked.result
    if ('error' in local) throw neither(local.error, asked.error)
    return chosen(local.result, reason, local.result, asked.error.code)
  }

  async #remoteFirst(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult> {
    const asked = await this.#askRemote(crop, options, 'first')
    if ('result' in asked) return asked.result
    const { code, name } = asked.error
    if (name === 'InputError' || code === 'bad_request') throw asked.error
    const local = await this.#askLocal(crop, options)
    if ('result' in local) return chosen(local.result, 'remote_failed', local.result, code)
    throw neither(local.error, asked.error)
  }

  /** Why the cloud is searched after this device failed; `null` where it is not. */
  #whyAsk({ code, name }: VisavisError): SearchChoice['reason'] | null {
    const { collectionMissing = false, localNotReady = false } = this.#policy
    if (code === 'collection_not_found') return collectionMissing ? 'collection_missing' : null
    const isBroken = name === 'ModelError' || name === 'StoreError' || name === 'WorkerError'
    return isBroken && localNotReady ? 'local_not_ready' : null
  }

  async #askLocal(crop: Crop | readonly Crop[], options: SearchOptions): Promise<Asked> {
    const { signal } = options ?? {}
    try {
      // Waiting may be stopped; loading goes on.
      const local = this.#local ?? (await withDeadline(longestWait, signal, (waiting) => waiting.race(this.#loading)))
      // A matcher in a worker moves what it is passed, and the cloud may need the same pictures.
      const own = Array.isArray(crop) ? crop.map(takePicture) : takePicture(crop as Crop)
      return { result: await local.search(own, options) }
    } catch (error) {
      signal?.throwIfAborted()
      if (isVisavisError(error)) return { error }
      throw error
    }
  }

  /** @param local What this device said, if it did. */
  async #askRemote(
    crop: Crop | readonly Crop[],
    options: SearchOptions,
    reason: SearchChoice['reason'],
    local?: SearchResult,
  ): Promise<Asked> {
    if (globalThis.navigator?.onLine === false) {
      return { error: new VisavisError('network', 'This device is offline; connect it.') }
    }
    if (!this.#breaker.enter()) {
      const code = this.#breaker.code ?? 'network'
      return {
        error: new VisavisError(code, 'The cloud is not asked for a while, since it did not answer; see to it.'),
      }
    }
    this.#emit({ type: 'remote_asked', reason })
    const started = performance.now()
    const { remoteMinScore: minScore = options?.minScore } = this.#policy
    try {
      const result = await withDeadline(this.#timeout, options?.signal, (deadline) =>
        deadline.race(this.#remote.search(crop, { ...options, minScore, signal: deadline.signal })),
      )
      this.#breaker.succeed()
      return { result: chosen(result, reason, local) }
    } catch (thrown) {
      if (options?.signal?.aborted === true) {
        this.#breaker.leave()
        throw options.signal.reason
      }
      const error = thrown === timedOut ? tooSlow() : known(thrown)
      this.#note(error.code, performance.now() - started)
      return { error }
    }
  }

  #note(code: ErrorCode, milliseconds: number): void {
    this.#emit({ type: 'remote_failed', code, milliseconds })
    if (verdicts.has(code)) {
      this.#breaker.succeed()
      return
    }
    const pause = this.#breaker.fail(code)
    if (pause > 0) this.#emit({ type: 'remote_paused', code, milliseconds: pause })
  }

  #emit(event: FallbackEvent): void {
    try {
      this.#onEvent?.(event)
    } catch {
      // An error of the listener must not fail the search.
    }
  }
}

/** What timers can wait at most. */
const longestWait = 2 ** 31 - 1

const fallbackOptions: OptionShape<FallbackOptions> = {
  local: (name, value) => {
    const { search, then } = (value ?? {}) as { search?: unknown; then?: unknown }
    const isThere = typeof search === 'function' || typeof then === 'function'
    if (!isThere) throw invalidOption(name, 'must be a searcher, or a promise of one')
  },
  remote: having('a searcher', 'search'),
  policy: optional(optionsOf(policyOptions)),
  timeout: optional(number(1, 600_000)),
  breaker: optional(
    optionsOf<CircuitBreakerOptions>({
      failures: optional(number(1, 1000)),
      pause: optional(number(1, longestWait)),
      longestPause: optional(number(1, longestWait)),
    }),
  ),
  onEvent: optional(callback),
}

type Asked = { result: SearchResult } | { error: VisavisError }

function chosen(
  result: SearchResult,
  reason: SearchChoice['reason'],
  local: SearchResult | undefined,
  failed?: ErrorCode,
): SearchResult {
  const localAge = local?.collectionAge
  return {
    ...result,
    choice: { reason, ...(failed !== undefined && { failed }), ...(localAge !== undefined && { localAge }) },
  }
}

/** An error about the picture or the call says more than that neither answered. */
function neither(local: VisavisError, remote: VisavisError): VisavisError {
  if (local.name === 'InputError') return local
  if (remote.name === 'InputError') return remote
  return new VisavisError(
    remote.code,
    `Neither this device (${local.code}) nor the cloud (${remote.code}) could search; see to one of them.`,
    { cause: remote },
  )
}

/** Errors of any kind from the cloud, as a VisavisError: this device's answer stands. */
function known(thrown: unknown): VisavisError {
  if (isVisavisError(thrown)) return thrown
  return new VisavisError('server', 'The cloud failed in a way that is not known; see the cause.', { cause: thrown })
}

function tooSlow(): VisavisError {
  return new VisavisError('timeout', 'The cloud did not answer in the time it was given; see to the network.')
}
