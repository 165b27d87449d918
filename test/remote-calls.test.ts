import { inspect } from 'node:util'
import { createVerifikClient, type VerifikClient } from '@visavis/remote'
import { describe, expect, it } from 'vitest'
import * as verifik from './fixtures/verifik-answers.ts'
import { rejects } from './support/rejects.ts'
import { json, picture, search, setUpClients, token } from './support/verifik-client.ts'
import type { Play } from './support/verifik-server.ts'

const setup = setUpClients()

function deaf(): Promise<never> {
  return new Promise(() => {})
}

function leaky(): never {
  throw new Error(`cannot send ${token}`)
}

describe("a client's token", () => {
  it('is asked for once by all calls that find it refused, and each is sent again once', async () => {
    setup.session.otherwise = ({ headers }) =>
      headers.authorization === 'Bearer second'
        ? json(verifik.searchAnswers.oneMatch)
        : json(verifik.errorAnswers.expiredToken.body, 403)
    const asked: boolean[] = []
    const client = setup.connect({
      token: async ({ refused }) => {
        asked.push(refused)
        await new Promise((resolve) => {
          setTimeout(resolve, 20)
        })
        return refused ? 'second' : 'first'
      },
    })
    const calls = Array.from({ length: 12 }, () => client.search(picture(), search))
    for (const { candidates } of await Promise.all(calls)) expect(candidates).toHaveLength(1)
    expect(asked).toEqual([false, true])
    expect(setup.session.requests).toHaveLength(24)
    expect(setup.events.filter(({ type }) => type === 'token_refresh')).toEqual([
      { type: 'token_refresh', succeeded: true },
    ])
  })

  it('that is a string is renewed through the service, once and for all that wait', async () => {
    for (const renewed of Object.values(verifik.sessionAnswers)) {
      setup.session.requests.length = 0
      setup.session.otherwise = ({ path, headers }) => {
        if (path === '/v2/auth/session') return json(renewed)
        return headers.authorization === 'Bearer head.new.tail'
          ? json(verifik.searchAnswers.oneMatch)
          : json(verifik.errorAnswers.badToken.body, 401)
      }
      const client = setup.connect()
      await Promise.all([client.search(picture(), search), client.search(picture(), search)])
      const renewals = setup.session.requests.filter(({ path }) => path === '/v2/auth/session')
      expect(renewals.map(({ query }) => `${query}`)).toEqual(['origin=refresh&expiresIn=1'])
    }
  })

  it('that cannot be renewed is not tried over and over', async () => {
    setup.session.otherwise = () => json(verifik.errorAnswers.badToken.body, 401)
    const client = setup.connect()
    for (let i = 0; i < 3; i++) await rejects(client.search(picture(), search), 'unauthorized')
    expect(setup.session.requests.filter(({ path }) => path === '/v2/auth/session')).toHaveLength(1)
    expect(setup.session.requests).toHaveLength(4)
  })

  it('that is renewed on request is the next one', async () => {
    setup.session.otherwise = ({ path }) =>
      json(path === '/v2/auth/session' ? verifik.sessionAnswers.flat : verifik.searchAnswers.noMatch)
    const client = setup.connect()
    expect(await client.renewToken({ months: 3 })).toBe('head.new.tail')
    expect(`${setup.session.requests[0]?.query}`).toBe('origin=refresh&expiresIn=3')
    await client.search(picture(), search)
    expect(setup.session.requests[1]?.headers.authorization).toBe('Bearer head.new.tail')
  })

  it('is nowhere to be seen: not in the client, not in errors, not in events', async () => {
    const thrown: unknown[] = []
    const note = (error: unknown): void => {
      thrown.push(error)
    }
    const clients = [
      setup.connect(),
      setup.connect({ fetch: leaky, retry: { retries: 0 } }),
      setup.connect({ token: `${token} ` }),
    ]
    clients.push(setup.connect({ token: leaky }), setup.connect({ token: () => `Bearer ${token}` }))
    setup.session.otherwise = () => json({ message: `no ${token}`, code: token }, 401)
    for (const client of clients) {
      await client.search(picture(), search).catch(note)
      await client.persons.create({ name: 'María Ensayo', images: [picture()] }).catch(note)
    }
    expect(thrown).toHaveLength(10)
    const stacks = thrown.map((error) => (error as Error).stack)
    for (const value of [clients, thrown, setup.events, stacks]) {
      expect(inspect(value, { depth: 20, showHidden: true })).not.toContain('c2VjcmV0')
      expect(JSON.stringify(value)).not.toContain('c2VjcmV0')
      expect(inspect(value, { depth: 20 })).not.toContain('María')
    }
  })
})

describe('a client of Verifik tries again', () => {
  it('after as long as the service asks for, in seconds or as a date', async () => {
    const soon = new Date(Date.now() + 1500).toUTCString()
    for (const header of ['0', '1', soon]) {
      setup.session.plays.push(json(verifik.errorAnswers.tooMany.body, 429, { 'retry-after': header }))
      setup.session.plays.push(json(verifik.searchAnswers.noMatch))
      await setup.connect().search(picture(), search)
    }
    const delays = setup.events.flatMap((event) => (event.type === 'retry' ? [event.delay] : []))
    expect(delays).toHaveLength(3)
    expect(delays[0]).toBeLessThan(10)
    expect(delays[1]).toBeGreaterThanOrEqual(1000)
    expect(delays[2]).toBeLessThanOrEqual(1510)
  })

  it('not where it would have to wait longer than a call may take, and says for how long', async () => {
    setup.session.otherwise = () => json(verifik.errorAnswers.tooMany.body, 429, { 'retry-after': '120' })
    await expect(setup.connect().search(picture(), search)).rejects.toMatchObject({
      code: 'rate_limited',
      message: expect.stringContaining('120 seconds'),
    })
    expect(setup.session.requests).toHaveLength(1)
  })

  it('but never to create anything, and says that it may have been', async () => {
    const client = setup.connect({ timeouts: { attempt: 300 } })
    for (const play of [
      json(verifik.errorAnswers.internal.body, 503),
      json(verifik.errorAnswers.tooMany.body, 429, { 'retry-after': '0' }),
      { kind: 'reset' },
      { kind: 'cut', body: verifik.personAnswers.created },
      { kind: 'hang' },
      { kind: 'text', text: '<html>' },
    ] satisfies Play[]) {
      setup.session.requests.length = 0
      setup.session.otherwise = () => play
      const limited = play.kind === 'json' && play.status === 429
      const failures = [
        await client.persons.create({ name: 'María', images: [picture()] }).catch((error: unknown) => error),
        await client.collections.create({ name: 'Lobby' }).catch((error: unknown) => error),
      ]
      expect(setup.session.requests).toHaveLength(2)
      for (const error of failures) {
        expect(/may have been made/.test((error as Error).message)).toBe(!limited)
      }
    }
  })

  it('to delete, and takes what is gone by then for deleted', async () => {
    setup.session.plays.push({ kind: 'cut', body: verifik.deletedPerson })
    setup.session.otherwise = () => json(verifik.errorAnswers.noSuchPerson.body, 404)
    await setup.connect().persons.delete(verifik.maria)
    await rejects(setup.connect().persons.delete(verifik.maria), 'person_not_found')
  })

  it('within its budget, which counts every attempt', async () => {
    setup.session.otherwise = () => json(verifik.errorAnswers.internal.body, 503)
    const client = setup.connect({ budget: { callsPerMinute: 2 } })
    await rejects(client.search(picture(), search), 'insufficient_credits')
    await rejects(client.persons.list(), 'insufficient_credits')
    expect(setup.session.requests).toHaveLength(2)
    expect(setup.events.filter(({ type }) => type === 'over_budget')).toEqual([
      { type: 'over_budget', endpoint: 'POST /search/crops' },
      { type: 'over_budget', endpoint: 'GET /persons' },
    ])
  })
})

describe('a client of Verifik stops', () => {
  const reason = new Error('the door is closed')

  it('wherever it is when it is aborted', async () => {
    const places: Record<string, (abort: () => void) => VerifikClient> = {
      'before it begins': (abort) => {
        abort()
        return setup.connect()
      },
      'while it asks for a token': (abort) =>
        setup.connect({
          token: () => {
            abort()
            return new Promise<never>(() => {})
          },
        }),
      'while it waits for an answer': (abort) => {
        setup.session.otherwise = () => {
          abort()
          return { kind: 'hang' }
        }
        return setup.connect()
      },
      'while it reads the answer': (abort) => {
        setup.session.otherwise = () => {
          setTimeout(abort, 100)
          return { kind: 'hang_in_body' }
        }
        return setup.connect()
      },
      'while it waits to try again': (abort) => {
        setup.session.otherwise = () => json(verifik.errorAnswers.internal.body, 503)
        return setup.connect({
          retry: { firstDelay: 60_000, longestDelay: 60_000 },
          timeouts: { total: 100_000 },
          onEvent: (event) => {
            if (event.type === 'retry') setTimeout(abort, 10)
          },
        })
      },
      'with a fetch that does not listen': (abort) =>
        setup.connect({
          fetch: () => {
            setTimeout(abort, 10)
            return new Promise<never>(() => {})
          },
        }),
    }
    for (const [name, prepare] of Object.entries(places)) {
      const controller = new AbortController()
      const client = prepare(() => controller.abort(reason))
      const call = client.search(picture(), { ...search, signal: controller.signal })
      expect.soft(await call.catch((error: unknown) => error), name).toBe(reason)
    }
  })

  it('when its time is up, whatever it waits for', async () => {
    const timeouts = { attempt: 10_000, total: 150 }
    setup.session.otherwise = () => ({ kind: 'hang' })
    await rejects(setup.connect({ timeouts }).search(picture(), search), 'timeout')
    await rejects(setup.connect({ timeouts, fetch: deaf }).search(picture(), search), 'timeout')
    await rejects(setup.connect({ timeouts, token: deaf }).search(picture(), search), 'timeout')
    expect(setup.session.requests).toHaveLength(1)
  })

  it('also with an error of the library for a reason', async () => {
    setup.session.otherwise = () => ({ kind: 'hang' })
    const controller = new AbortController()
    const client = setup.connect()
    const call = client.persons.list({ signal: controller.signal })
    const own = Object.assign(new Error('x'), { code: 'network', [Symbol.for('visavis.error')]: true })
    setTimeout(() => controller.abort(own), 50)
    expect(await call.catch((error: unknown) => error)).toBe(own)
    expect(setup.events).toEqual([])
  })

  it('reading what is too much, whether that is said before or not', async () => {
    for (const announced of [true, false]) {
      setup.session.otherwise = () => ({ kind: 'flood', announced })
      await rejects(setup.connect({ maxResponseBytes: 200_000 }).search(picture(), search), 'bad_response')
    }
  })

  it('at a redirect, and does not take its token elsewhere', async () => {
    const elsewhere = setup.server.open(() => json(verifik.searchAnswers.oneMatch))
    for (const status of [301, 302, 303, 307, 308]) {
      setup.session.otherwise = () => ({
        kind: 'redirect',
        status,
        to: `${elsewhere.baseUrl}/v2/face-recognition/search/crops`,
      })
      await rejects(setup.connect().search(picture(), search), 'bad_response')
    }
    expect(elsewhere.requests).toEqual([])
  })

  it('when it is closed, after what is under way', async () => {
    setup.session.otherwise = () => json(verifik.searchAnswers.oneMatch)
    const client = setup.connect()
    const call = client.search(picture(), search)
    await client.close()
    expect((await call).candidates).toHaveLength(1)
    await rejects(client.search(picture(), search), 'matcher_closed')
    await rejects(client.persons.list(), 'matcher_closed')
    await client.close()
  })
})

describe('a client of Verifik is not made', () => {
  it('with options that make no sense, or that would leave faces open to the network', () => {
    for (const wrong of [
      { baseUrl: 'http://faces.example' },
      { baseUrl: 'ftp://faces.example' },
      { baseUrl: 'faces.example' },
      { baseUrl: 'https://user:c2VjcmV0@faces.example' },
      { baseUrl: 'https://faces.example/?key=c2VjcmV0' },
      { token: '' },
      { token: 7 },
      { server: 'other' },
      { timeouts: { attempt: 0 } },
      { retry: { retries: 11 } },
      { budget: { callsPerDay: -1 } },
      { maxResponseBytes: Number.NaN },
      { fetch: 'fetch' },
      { onEvent: true },
    ]) {
      let error: unknown
      try {
        createVerifikClient({ token, ...wrong } as never)
      } catch (thrown) {
        error = thrown
      }
      expect.soft(error, inspect(wrong)).toMatchObject({ code: 'invalid_option' })
      expect.soft((error as Error).message).not.toContain('c2VjcmV0')
    }
    for (const fine of [{}, { baseUrl: 'http://faces.example', insecure: true }, { baseUrl: 'http://[::1]:8080/x/' }]) {
      expect(createVerifikClient({ token, ...fine })).toBeDefined()
    }
  })
})
