import { inspect } from 'node:util'
import { isVisavisError, type ErrorCode } from '@visavis/core'
import { createVerifikClient, type ClientEvent, type VerifikClient } from '@visavis/remote'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as verifik from './fixtures/verifik-answers.ts'
import { json, picture, search } from './support/verifik-client.ts'
import { startVerifikServer, type Play, type VerifikServer } from './support/verifik-server.ts'

interface Call {
  readonly answer: unknown
  /** Whether it may be sent again when it is not known what became of it. */
  readonly repeatable: boolean
  readonly send: (client: VerifikClient) => Promise<unknown>
}

const calls = {
  search: { answer: verifik.searchAnswers.oneMatch, repeatable: true, send: (c) => c.search(picture(), search) },
  photograph: { answer: verifik.searchAnswers.noMatch, repeatable: true, send: (c) => c.search(picture(300), search) },
  verify: {
    answer: verifik.verifyAnswers.match,
    repeatable: true,
    send: (c) => c.verify(verifik.maria, picture(), search),
  },
  compare: {
    answer: verifik.compareAnswers.resultBlock,
    repeatable: true,
    send: (c) => c.compare(picture(), picture(), search),
  },
  detect: { answer: verifik.detectAnswers.engine, repeatable: true, send: (c) => c.detect(picture()) },
  liveness: { answer: verifik.livenessAnswers.pass, repeatable: true, send: (c) => c.liveness(picture()) },
  createPerson: {
    answer: verifik.personAnswers.populated,
    repeatable: false,
    send: (c) => c.persons.create({ name: 'María Ensayo', images: [picture()] }),
  },
  updatePerson: {
    answer: verifik.personAnswers.populated,
    repeatable: true,
    send: (c) => c.persons.update(verifik.maria, { notes: 'Third floor' }),
  },
  getPerson: {
    answer: verifik.personAnswers.populated,
    repeatable: true,
    send: (c) => c.persons.get(verifik.maria),
  },
  deletePerson: { answer: verifik.deletedPerson, repeatable: true, send: (c) => c.persons.delete(verifik.maria) },
  listPersons: { answer: { data: [], total: 0 }, repeatable: true, send: (c) => c.persons.list() },
  listCollections: {
    answer: verifik.collectionListAnswers.plain,
    repeatable: true,
    send: (c) => c.collections.list(),
  },
  createCollection: {
    answer: verifik.collectionAnswer,
    repeatable: false,
    send: (c) => c.collections.create({ name: 'Lobby' }),
  },
} satisfies Record<string, Call>

interface Fault {
  readonly play: (answer: unknown) => Play
  /** What a call comes to that is not sent again; `null` for an answer after all. */
  readonly code: ErrorCode | null
  /** How often in a row it may be hoped to pass. */
  readonly passes?: number
  /** Whether another token may help. */
  readonly refused?: boolean
}

const always = 9
const { errorAnswers } = verifik

const faults = {
  noToken: { play: () => json(errorAnswers.noToken.body, 401), code: 'unauthorized', refused: true },
  expiredToken: { play: () => json(errorAnswers.expiredToken.body, 403), code: 'unauthorized', refused: true },
  forbidden: { play: () => json(errorAnswers.forbidden.body, 403), code: 'forbidden' },
  noCredits: { play: () => json(errorAnswers.noCredits.body, 402), code: 'insufficient_credits' },
  missing: { play: () => json(errorAnswers.missingParameter.body, 409), code: 'bad_request' },
  engine: { play: () => json(errorAnswers.engineValidation.body, 422), code: 'bad_request' },
  picture: { play: () => json(errorAnswers.noPicture.body, 412), code: 'invalid_image' },
  duplicate: { play: () => json(errorAnswers.duplicate.body, 409), code: 'person_exists' },
  tooMany: { play: () => json(errorAnswers.tooMany.body, 429), code: 'rate_limited', passes: always },
  tooManyForNow: {
    play: () => json(errorAnswers.tooMany.body, 429, { 'retry-after': '0' }),
    code: 'rate_limited',
    passes: always,
  },
  tooManyForLong: { play: () => json({}, 429, { 'retry-after': '3600' }), code: 'rate_limited' },
  tooManyTillWhen: {
    play: () => json({}, 429, { 'retry-after': 'later' }),
    code: 'rate_limited',
    passes: always,
  },
  internal: { play: () => json(errorAnswers.internal.body, 500), code: 'server', passes: 1 },
  badGateway: { play: () => ({ kind: 'text', status: 502, text: '<html>' }), code: 'server', passes: always },
  unavailable: { play: () => json(undefined, 503), code: 'server', passes: always },
  gatewayTimeout: { play: () => json(errorAnswers.gatewayTimeout.body, 504), code: 'timeout', passes: always },
  errorInside: { play: () => json(errorAnswers.internal.body), code: 'server', passes: 1 },
  page: { play: () => ({ kind: 'text', text: '<html>Sign in to the network</html>' }), code: 'bad_response' },
  garbage: {
    play: () => ({ kind: 'text', text: '\u0000{]', type: 'application/json' }),
    code: 'bad_response',
  },
  half: { play: (answer) => ({ kind: 'text', text: JSON.stringify(answer).slice(0, -2) }), code: 'bad_response' },
  nonsense: { play: () => json({ error: { deep: [] }, ok: 'maybe' }), code: 'bad_response' },
  lost: { play: () => ({ kind: 'text', status: 404, text: 'Cannot find it' }), code: 'bad_response' },
  redirect: { play: () => ({ kind: 'redirect', status: 302, to: 'https://faces.invalid/' }), code: 'bad_response' },
  flood: { play: () => ({ kind: 'flood', announced: false }), code: 'bad_response' },
  announcedFlood: { play: () => ({ kind: 'flood', announced: true }), code: 'bad_response' },
  reset: { play: () => ({ kind: 'reset' }), code: 'network', passes: always },
  cut: { play: (answer) => ({ kind: 'cut', body: answer }), code: 'network', passes: always },
  hang: { play: () => ({ kind: 'hang' }), code: 'timeout', passes: always },
  hangInBody: { play: () => ({ kind: 'hang_in_body' }), code: 'timeout', passes: always },
  slow: { play: (answer) => ({ kind: 'slow', body: answer, milliseconds: 200 }), code: null },
  plainText: {
    play: (answer) => ({ kind: 'text', text: ` ${JSON.stringify(answer)}\n`, type: 'text/plain' }),
    code: null,
  },
} satisfies Record<string, Fault>

const retries = 2

/** What must become of a call that meets these faults one after the other, and how often it is sent. */
function expected(call: Call, met: readonly Fault[]): { code: ErrorCode | null; sent: number } {
  let refreshed = false
  let failures = 0
  for (const [i, fault] of met.entries()) {
    if (fault.code === null) return { code: null, sent: i + 1 }
    if (fault.refused === true && !refreshed) {
      refreshed = true
      continue
    }
    failures++
    const isTriedAgain = call.repeatable && failures <= retries && failures <= (fault.passes ?? 0)
    if (!isTriedAgain) return { code: fault.code, sent: i + 1 }
  }
  return { code: null, sent: met.length + 1 }
}

const scenario = fc.record({
  call: fc.constantFrom(...(Object.keys(calls) as (keyof typeof calls)[])),
  met: fc.array(fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[])), { minLength: 1, maxLength: 4 }),
})

const token = 'header.c2VjcmV0.tail'

describe('whatever a service does', () => {
  let server: VerifikServer
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => {
    unhandled.push(reason)
  }

  beforeAll(async () => {
    server = await startVerifikServer()
    process.on('unhandledRejection', note)
  })
  afterAll(async () => {
    process.off('unhandledRejection', note)
    await server?.close()
  })

  /** Plays a scenario; what became of it, in the same terms as what is expected. */
  async function play({
    call: name,
    met,
  }: {
    call: keyof typeof calls
    met: readonly (keyof typeof faults)[]
  }): Promise<{
    code: unknown
    sent: number
    leaks: boolean
  }> {
    const call: Call = calls[name]
    const session = server.open(() => json(call.answer))
    session.plays.push(...met.map((fault) => (faults[fault] as Fault).play(call.answer)))
    const events: ClientEvent[] = []
    let tokens = 0
    await using client = createVerifikClient({
      baseUrl: session.baseUrl,
      token: () => `${token}.${tokens++}`,
      retry: { retries, firstDelay: 1 },
      timeouts: { attempt: 1500, total: 20_000 },
      maxResponseBytes: 300_000,
      onEvent: (event) => events.push(event),
    })
    const hung = new Promise<string>((resolve) => {
      setTimeout(resolve, 25_000, 'hung').unref()
    })
    const outcome = await Promise.race([
      call.send(client).then(
        () => null,
        (error: unknown) => error,
      ),
      hung,
    ])
    const text = inspect([outcome, (outcome as Error | null)?.stack, client], { depth: 20 }) + JSON.stringify(events)
    return {
      code: isVisavisError(outcome) ? outcome.code : outcome,
      sent: session.requests.length,
      leaks: /c2VjcmV0|María|\/9j\//.test(text),
    }
  }

  it('a call ends in time, with the right answer or error, sent as often as it may be', async () => {
    let played = 0
    await fc.assert(
      fc.asyncProperty(fc.array(scenario, { minLength: 32, maxLength: 32 }), async (scenarios) => {
        const outcomes = await Promise.all(scenarios.map(play))
        played += outcomes.length
        const wanted = scenarios.map(({ call, met }) => ({
          ...expected(
            calls[call],
            met.map((fault) => faults[fault]),
          ),
          leaks: false,
        }))
        expect(outcomes.map((outcome, i) => ({ ...scenarios[i], ...outcome }))).toEqual(
          wanted.map((outcome, i) => ({ ...scenarios[i], ...outcome })),
        )
      }),
      // One after the other a failure would be made smaller with waits of seconds each.
      { numRuns: 12, endOnFailure: true },
    )
    expect(played).toBeGreaterThanOrEqual(300)
    expect(unhandled).toEqual([])
  })

  it('a gateway that is out of order is tried three times and no more', async () => {
    const met = ['badGateway', 'badGateway', 'badGateway'] as const
    expect(await play({ call: 'search', met })).toEqual({ code: 'server', sent: 3, leaks: false })
  })

  it('nobody is created twice', async () => {
    const every = Object.keys(faults) as (keyof typeof faults)[]
    await Promise.all(
      every.map(async (fault) => {
        const { sent } = await play({ call: 'createPerson', met: [fault, fault] })
        // Only what was turned away at the door for its token comes again.
        expect.soft(sent, fault).toBe('refused' in faults[fault] ? 2 : 1)
      }),
    )
    expect(unhandled).toEqual([])
  })
})
