import { VisavisError, type ErrorCode, type FaceSearcher, type SearchOptions, type SearchResult } from '@visavis/core'
import { describe, expect, it } from 'vitest'
import type { CircuitBreakerOptions } from './circuit-breaker.ts'
import type { FallbackPolicy } from './fallback-policy.ts'
import { withFallback, type FallbackEvent } from './with-fallback.ts'

const crop = { width: 1, height: 1, data: new Uint8Array(3) }
const options = { minScore: 0.7, mode: 'FAST' } as const

type Say = number | null | ErrorCode | Error | 'never'

/** A searcher with a given answer: a score, no person, an error, or no answer ever. */
class Told implements FaceSearcher {
  readonly asked: SearchOptions[] = []
  readonly #source: SearchResult['source']
  readonly #age: number | undefined
  say: Say

  constructor(source: SearchResult['source'], say: Say, age?: number) {
    this.#source = source
    this.say = say
    this.#age = age
  }

  async search(_crop: unknown, asked: SearchOptions): Promise<SearchResult> {
    this.asked.push(asked)
    const { say } = this
    if (say === 'never') return new Promise(() => {})
    if (say instanceof Error) throw say
    if (typeof say === 'string') throw new VisavisError(say, 'It is so.')
    const candidates = say === null ? [] : [{ ...nobody, id: this.#source, score: say }]
    return { id: 'x', source: this.#source, candidates, ...(this.#age !== undefined && { collectionAge: this.#age }) }
  }
}

const nobody = {
  name: null,
  gender: null,
  dateOfBirth: null,
  nationality: null,
  notes: null,
  collections: [],
  thumbnails: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  modifiedAt: '2026-01-01T00:00:00.000Z',
}

interface Outcome {
  source?: string
  score?: number | undefined
  choice?: object | undefined
  code?: string
  sent: number
}

async function outcome(
  localSays: Say,
  remoteSays: Say,
  policy?: FallbackPolicy,
  { age }: { age?: number } = {},
): Promise<Outcome> {
  const remote = new Told('remote', remoteSays)
  const searcher = withFallback({
    local: new Told('local', localSays, age),
    remote,
    timeout: 50,
    ...(policy && { policy }),
  })
  try {
    const { source, candidates, choice } = await searcher.search(crop, options)
    expect(new Set(candidates.map(({ id }) => id)).size).toBe(candidates.length)
    for (const { id } of candidates) expect(id).toBe(source)
    return { source, score: candidates[0]?.score, choice, sent: remote.asked.length }
  } catch (error) {
    return { code: (error as VisavisError).code, sent: remote.asked.length }
  }
}

const everything: FallbackPolicy = {
  collectionMissing: true,
  localNotReady: true,
  nobodyFound: true,
  uncertain: [0.7, 0.8],
  olderThan: 1000,
}

const verdicts = ['no_face', 'low_quality', 'multiple_faces', 'invalid_image', 'invalid_option'] as const
const outages = ['network', 'timeout', 'server', 'rate_limited', 'unauthorized', 'insufficient_credits'] as const

describe('withFallback', () => {
  it('sends no face anywhere by default, whatever this device says', async () => {
    const broken = ['collection_not_found', 'store_corrupt', 'worker_crashed', 'model_load_failed'] as const
    for (const says of [0.71, null, ...verdicts, ...broken] as const) {
      const { sent } = await outcome(says, 0.99, undefined, { age: 1e12 })
      expect([says, sent]).toEqual([says, 0])
    }
    expect(await outcome(0.9, 0.99)).toEqual({ source: 'local', score: 0.9, choice: { reason: 'first' }, sent: 0 })
    expect(await outcome('collection_not_found', 0.99)).toEqual({ code: 'collection_not_found', sent: 0 })
  })

  it('asks the cloud for each reason that the policy names, and says so', async () => {
    for (const [says, policy, reason, age] of [
      ['collection_not_found', { collectionMissing: true }, 'collection_missing'],
      ['store_corrupt', { localNotReady: true }, 'local_not_ready'],
      ['worker_crashed', { localNotReady: true }, 'local_not_ready'],
      ['model_load_failed', { localNotReady: true }, 'local_not_ready'],
      [null, { nobodyFound: true }, 'nobody_found'],
      [0.74, { uncertain: [0.7, 0.8] }, 'uncertain'],
      [0.95, { olderThan: 1000 }, 'outdated', 1001],
    ] as const) {
      const choice = { reason, ...(age && { localAge: age }) }
      const ages = age === undefined ? {} : { age }
      expect(await outcome(says, 0.9, policy, ages)).toEqual({ source: 'remote', score: 0.9, choice, sent: 1 })
      // With all other reasons, and not with this one.
      const [name] = Object.keys(policy) as [keyof FallbackPolicy]
      const { [name]: _, ...others } = everything
      expect([name, (await outcome(says, 0.9, others, ages)).sent]).toEqual([name, 0])
    }
  })

  it('does not ask where this device is sure and its data new', async () => {
    for (const score of [0.8, 0.95, 0.699]) {
      expect(await outcome(score, 0.9, everything, { age: 1000 })).toMatchObject({ source: 'local', score, sent: 0 })
    }
  })

  it('does not send a picture that this device has found to be of no use', async () => {
    for (const code of verdicts) expect(await outcome(code, 0.9, everything)).toEqual({ code, sent: 0 })
  })

  it("answers with the cloud's nobody where the cloud was to decide", async () => {
    expect(await outcome(0.74, null, everything)).toMatchObject({ source: 'remote', score: undefined })
  })

  it('falls back on what this device said where the cloud does not answer, and says why', async () => {
    for (const failed of [...outages, 'collection_not_found', 'no_face'] as const) {
      expect(await outcome(0.74, failed, everything)).toEqual({
        source: 'local',
        score: 0.74,
        choice: { reason: 'uncertain', failed },
        sent: 1,
      })
    }
    expect(await outcome(0.74, 'never', everything, { age: 5 })).toMatchObject({
      choice: { reason: 'uncertain', failed: 'timeout', localAge: 5 },
    })
    expect(await outcome(null, new TypeError('unforeseen'), everything)).toMatchObject({
      source: 'local',
      choice: { failed: 'server' },
    })
  })

  it("rejects with the cloud's error where nobody can answer, and with this device's about the picture", async () => {
    expect(await outcome('collection_not_found', 'network', everything)).toEqual({ code: 'network', sent: 1 })
    expect(await outcome('store_corrupt', 'never', everything)).toEqual({ code: 'timeout', sent: 1 })
    expect(await outcome('collection_not_found', 'no_face', everything)).toEqual({ code: 'no_face', sent: 1 })
    expect(await outcome('no_face', 'network', { first: 'remote' })).toEqual({ code: 'no_face', sent: 1 })
    expect(await outcome('store_corrupt', 'network', { first: 'remote' })).toEqual({ code: 'network', sent: 1 })
  })

  it('asks the cloud first where it is told to, and this device where the cloud does not answer', async () => {
    const first = { first: 'remote' } as const
    expect(await outcome(0.9, 0.8, first)).toEqual({
      source: 'remote',
      score: 0.8,
      choice: { reason: 'first' },
      sent: 1,
    })
    expect(await outcome(0.9, null, first)).toMatchObject({ source: 'remote', score: undefined })
    for (const failed of [...outages, 'collection_not_found'] as const) {
      expect(await outcome(0.9, failed, first, { age: 7 })).toMatchObject({
        source: 'local',
        choice: { reason: 'remote_failed', failed, localAge: 7 },
      })
    }
    for (const code of verdicts) expect(await outcome(0.9, code, first)).toEqual({ code, sent: 1 })
  })

  it("asks the cloud with a threshold of the cloud's own", async () => {
    const remote = new Told('remote', 0.9)
    const local = new Told('local', null)
    const policy = { nobodyFound: true, remoteMinScore: 0.85 }
    await withFallback({ local, remote, policy }).search(crop, { ...options, collectionId: 'c' })
    expect(remote.asked[0]).toMatchObject({ minScore: 0.85, mode: 'FAST', collectionId: 'c' })
    expect(local.asked[0]).toMatchObject({ minScore: 0.7 })
  })

  it('asks the cloud while this device loads, where the policy says so, and this device from then on', async () => {
    const { promise: loading, resolve: finish } = withResolvers<FaceSearcher>()
    const remote = new Told('remote', 0.9)
    const searcher = withFallback({ local: loading, remote, policy: { localNotReady: true } })
    const choices: unknown[] = []
    const ask = async (): Promise<void> => {
      const { source, choice } = await searcher.search(crop, options)
      choices.push(source, choice?.reason)
    }
    await ask()
    finish(new Told('local', 0.8))
    await loading
    await ask()
    expect(choices).toEqual(['remote', 'local_not_ready', 'local', 'first'])
  })

  it('waits for this device where it may not ask the cloud, or where that does not answer', async () => {
    for (const policy of [{}, { localNotReady: true }]) {
      const local = new Promise<FaceSearcher>((resolve) => {
        setTimeout(resolve, 30, new Told('local', 0.8))
      })
      const remote = new Told('remote', 'network')
      const { source, choice } = await withFallback({ local, remote, policy }).search(crop, options)
      expect(source).toBe('local')
      expect(choice?.failed).toBe(policy.localNotReady === true ? 'network' : undefined)
    }
  })

  it('tells whoever searches that this device could not be loaded, and nobody else', async () => {
    const local = Promise.reject(new VisavisError('model_corrupt', 'It is so.'))
    const remote = new Told('remote', 'network')
    const [never, maybe] = [{}, { localNotReady: true }].map((policy) => withFallback({ local, remote, policy }))
    await new Promise((resolve) => {
      setTimeout(resolve, 10)
    })
    await expect(never?.search(crop, options)).rejects.toMatchObject({ code: 'model_corrupt' })
    await expect(maybe?.search(crop, options)).rejects.toMatchObject({ code: 'network' })
    remote.say = 0.9
  })

  it("rejects with the signal's reason, whoever is being asked", async () => {
    const reason = new Error('the door is closed')
    for (const [local, policy] of [
      ['never', {}],
      [null, { nobodyFound: true }],
      [null, { first: 'remote' }],
    ] as const) {
      const controller = new AbortController()
      const remote = new Told('remote', 'never')
      const searcher = withFallback({ local: stoppable(new Told('local', local)), remote, policy })
      const call = searcher.search(crop, { ...options, signal: controller.signal })
      setTimeout(() => controller.abort(reason), 10)
      await expect(call).rejects.toBe(reason)
      await expect(searcher.search(crop, { ...options, signal: controller.signal })).rejects.toBe(reason)
    }
  })

  it('waits for a dead network once, then leaves it alone for a while, and tries it with one call', async () => {
    const remote = new Told('remote', 'never')
    const events: FallbackEvent[] = []
    const breaker: CircuitBreakerOptions = { pause: 150 }
    const searcher = withFallback({
      local: new Told('local', null),
      remote,
      policy: { nobodyFound: true },
      timeout: 40,
      breaker,
      onEvent: (event) => events.push(event),
    })
    const ask = async (): Promise<unknown> => {
      const { source, choice } = await searcher.search(crop, options)
      return [source, choice?.failed]
    }
    for (let i = 0; i < 20; i++) expect(await ask()).toEqual(['local', 'timeout'])
    expect(remote.asked).toHaveLength(1)
    expect(events.map(({ type }) => type)).toEqual(['remote_asked', 'remote_failed', 'remote_paused'])
    await new Promise((resolve) => {
      setTimeout(resolve, 160)
    })
    remote.say = 0.9
    const crowd = await Promise.all(Array.from({ length: 5 }, ask))
    expect(crowd).toContainEqual(['remote', undefined])
    expect(crowd.filter((one) => (one as string[])[0] === 'local')).toHaveLength(4)
    expect(await ask()).toEqual(['remote', undefined])
  })

  it('does not wait for a cloud where this device knows that it is offline', async () => {
    const remote = new Told('remote', 0.9)
    const searcher = withFallback({ local: new Told('local', 0.8), remote, policy: { first: 'remote' } })
    Object.defineProperty(globalThis.navigator, 'onLine', { value: false, configurable: true })
    try {
      const { source, choice } = await searcher.search(crop, options)
      expect([source, choice?.failed, remote.asked.length]).toEqual(['local', 'network', 0])
    } finally {
      Reflect.deleteProperty(globalThis.navigator, 'onLine')
    }
    expect((await searcher.search(crop, options)).source).toBe('remote')
  })

  it('goes on asking a cloud that answers, if only with a refusal', async () => {
    const remote = new Told('remote', 'low_quality')
    const policy = { nobodyFound: true }
    const searcher = withFallback({ local: new Told('local', null), remote, policy, onEvent: clumsy })
    for (let i = 0; i < 3; i++) await searcher.search(crop, options)
    expect(remote.asked).toHaveLength(3)
  })

  it('is not made with what makes no sense', () => {
    const local = new Told('local', null)
    const remote = new Told('remote', null)
    for (const wrong of [
      { remote: {} },
      { local: null },
      { policy: null },
      { policy: { first: 'cloud' } },
      { policy: { nobodyFound: 1 } },
      { policy: { uncertain: [0.8, 0.7] } },
      { policy: { uncertain: [0.4, 0.7] } },
      { policy: { uncertain: 0.7 } },
      { policy: { olderThan: -1 } },
      { policy: { remoteMinScore: 2 } },
      { timeout: 0 },
      { breaker: { pause: Number.NaN } },
    ]) {
      expect(() => withFallback({ local, remote, ...wrong } as never)).toThrow(
        expect.objectContaining({ code: 'invalid_option' }),
      )
    }
  })
})

function clumsy(): never {
  throw new Error('whoever watches')
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  const resolvers: ((value: T) => void)[] = []
  const promise = new Promise<T>((resolve) => resolvers.push(resolve))
  return { promise, resolve: (value) => resolvers[0]?.(value) }
}

/** Listens to signals, as a matcher does. */
function stoppable(searcher: FaceSearcher): FaceSearcher {
  return {
    search: (face, asked) =>
      new Promise((resolve, reject) => {
        asked.signal?.addEventListener('abort', () => reject(asked.signal?.reason as Error))
        searcher.search(face, asked).then(resolve, reject)
      }),
  }
}
