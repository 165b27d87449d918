import { createMatcher, type FaceMatcher } from '@visavis/core'
import { createRecognizer } from '@visavis/core/tfjs'
import { EventEmitter, once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faceFile, otherFaceFile } from './support/face-file.ts'
import { openConnection } from './support/raw-connection.ts'
import { facePath, startTestServer, tokens, type Answer, type TestServer } from './support/test-server.ts'

let matcher: FaceMatcher
let probe: string

const searchPath = `${facePath}/search/crops`

beforeAll(async () => {
  matcher = await createMatcher({ recognizer: await createRecognizer() })
  await matcher.persons.create({ id: 'ada-0001', name: 'Ada', images: [await faceFile('Ada')] })
  probe = (await otherFaceFile('Ada')).toString('base64')
})

afterAll(() => matcher?.close())

const bodyOf = (mode: string): object => ({ images: [probe], min_score: 0.7, search_mode: mode })
const search = (server: TestServer, signal?: AbortSignal): Promise<Answer> =>
  server.send('POST', searchPath, { body: bodyOf('ACCURATE'), ...(signal && { signal }) })
const gauge = async (server: TestServer, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)`, 'm').exec((await server.send('GET', '/metrics')).text)?.[1])

/** A matcher whose searches begin when they are released. */
function holdSearches(): { held: FaceMatcher; release: () => void } {
  const opening = new EventEmitter()
  const released = once(opening, 'release')
  const value = (...args: Parameters<FaceMatcher['search']>): ReturnType<FaceMatcher['search']> =>
    released.then(() => matcher.search(...args))
  const held = Object.create(matcher, { search: { value } }) as FaceMatcher
  return { held, release: () => void opening.emit('release') }
}

describe('more than can be served', () => {
  it('is refused with 503 and Retry-After, and what comes after it is served', async () => {
    const { held, release } = holdSearches()
    const limits = { waiting: 2, waitMilliseconds: 60_000 }
    await using server = await startTestServer(held, { limits })
    const refused: Answer[] = []
    const searches = Array.from({ length: 12 }, async () => {
      const answer = await search(server)
      if (answer.status === 503) refused.push(answer)
      // One is under way and two wait: it is the other nine that are refused.
      if (refused.length === 9) release()
      return answer
    })
    const served = (await Promise.all(searches)).filter(({ status }) => status === 200)
    expect([served.length, refused.length]).toEqual([3, 9])
    for (const { body, headers } of refused) {
      expect(body).toEqual({ message: 'overloaded', code: 'ServiceUnavailable' })
      expect(headers.get('retry-after')).toBe('1')
    }
    expect((await search(server)).status).toBe(200)
    expect(await gauge(server, 'visavis_recognitions_running')).toBe(0)
  })

  it('is refused where it waited too long', async () => {
    const { held, release } = holdSearches()
    await using server = await startTestServer(held, { limits: { waiting: 50, waitMilliseconds: 1 } })
    let refused = 0
    const searches = Array.from({ length: 8 }, async () => {
      const { status } = await search(server)
      if (status === 503 && ++refused === 7) release()
      return status
    })
    expect((await Promise.all(searches)).toSorted((a, b) => a - b)).toEqual([200, 503, 503, 503, 503, 503, 503, 503])
  })

  it('is refused for one token with 429, and served for another', async () => {
    await using server = await startTestServer(matcher, {
      tokens: [
        { token: tokens.all, requestsPerMinute: 12 },
        { token: tokens.read, scopes: ['read'] },
      ],
    })
    const list = async (token: string): Promise<Answer> => server.send('GET', `${facePath}/collections`, { token })
    // Ten seconds' worth may come at once.
    expect([(await list(tokens.all)).status, (await list(tokens.all)).status]).toEqual([200, 200])
    const refused = await list(tokens.all)
    expect(refused).toMatchObject({ status: 429, body: { message: 'too_many_requests', code: 'TooManyRequests' } })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await list(tokens.read)).status).toBe(200)
  })

  it('is refused where all bodies together hold too much', async () => {
    await using server = await startTestServer(matcher, { limits: { bodyBytesInFlight: 60_000 } })
    const held = await openConnection(server.listener.port)
    held.write(`POST ${searchPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.all}\r\n`)
    held.write(`Content-Type: application/json\r\nContent-Length: 500000\r\n\r\n${' '.repeat(59_000)}`)
    await expect.poll(() => gauge(server, 'visavis_body_bytes')).toBe(59_000)
    expect((await search(server)).status).toBe(503)
    held.socket.destroy()
    await expect.poll(() => gauge(server, 'visavis_body_bytes')).toBe(0)
    expect((await search(server)).status).toBe(200)
  })
})

it('gives up a recognition that does not end, and serves the next one', async () => {
  let stuck = true
  const flaky = Object.create(matcher, {
    search: {
      value: (...args: Parameters<FaceMatcher['search']>) => {
        if (!stuck) return matcher.search(...args)
        stuck = false
        return new Promise(() => undefined)
      },
    },
  }) as FaceMatcher
  await using server = await startTestServer(flaky, { limits: { recognitionMilliseconds: 1000 } })
  expect(await search(server)).toMatchObject({ status: 504, body: { message: 'timeout' } })
  expect((await search(server)).status).toBe(200)
})

it('answers about its health while it recognizes', async () => {
  await using server = await startTestServer(matcher, { limits: { waiting: 50, waitMilliseconds: 60_000 } })
  const searches = Promise.all(Array.from({ length: 20 }, () => search(server)))
  const finished = new AbortController()
  void searches.finally(() => finished.abort())
  let answered = 0
  while (!finished.signal.aborted) {
    expect((await server.send('GET', '/health', { token: null })).status).toBe(200)
    answered++
  }
  expect((await searches).every(({ status }) => status === 200)).toBe(true)
  expect(answered).toBeGreaterThan(3)
})

/** The matcher, which searches as ever, but not before the test says so. */
function searchingAfter(signal: AbortSignal): FaceMatcher {
  const opened = once(signal, 'abort')
  return Object.create(matcher, {
    search: {
      value: (...args: Parameters<FaceMatcher['search']>) => opened.then(() => matcher.search(...args)),
    },
  }) as FaceMatcher
}

it('does no work for callers who went away', async () => {
  const gate = new AbortController()
  await using server = await startTestServer(searchingAfter(gate.signal))
  const controller = new AbortController()
  const gone = Array.from({ length: 10 }, () => search(server, controller.signal).catch((error: Error) => error.name))
  await expect.poll(() => gauge(server, 'visavis_recognitions_waiting')).toBeGreaterThan(0)
  controller.abort()
  expect(new Set(await Promise.all(gone))).toContain('AbortError')
  gate.abort()
  expect((await search(server)).status).toBe(200)
  await expect.poll(() => gauge(server, 'visavis_recognitions_waiting')).toBe(0)
  const statuses = server.log.flatMap((entry) => (entry.event === 'request' ? [entry.status] : []))
  expect(statuses).toContain(499)
})

describe('close', () => {
  it('lets requests under way finish, takes no more, and says so', async () => {
    const gate = new AbortController()
    const patient = searchingAfter(gate.signal)
    const server = await startTestServer(patient)
    const { port, url } = server.listener
    const underWay = Array.from({ length: 5 }, () => search(server))
    await expect.poll(() => gauge(server, 'visavis_recognitions_waiting')).toBe(4)
    const closed = server.listener.close()
    gate.abort()
    const answers = await Promise.all(underWay)
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    for (const { headers } of answers) expect(headers.get('connection')).toBe('close')
    await closed
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed')
    const { socket } = await openConnection(port)
    expect(socket.destroyed).toBe(true)
    expect(server.log.flatMap((entry) => (entry.event === 'request' ? [] : [entry.event]))).toEqual([
      'listening',
      'closing',
      'closed',
    ])
    // The matcher is its owner's to close.
    expect((await matcher.persons.list()).total).toBe(1)
  })

  it('is not ready any more while it closes, for who is connected already', async () => {
    const server = await startTestServer(matcher)
    const { write, received } = await openConnection(server.listener.port)
    write('GET /ready HTTP/1.1\r\nHost: x\r\n')
    // The other side has the connection once it answers another one that was opened later.
    await server.send('GET', '/health')
    const closed = server.listener.close()
    write('\r\n')
    expect(await received).toMatch(/^HTTP\/1\.1 503 .*\{"status":"closing"\}/s)
    await closed
  })

  it('cuts off who does not get done in time, and may be called twice', async () => {
    const server = await startTestServer(matcher)
    const { write, received } = await openConnection(server.listener.port)
    write('GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ')
    await server.send('GET', '/health')
    await Promise.all([server.listener.close({ graceMilliseconds: 50 }), server.listener.close()])
    expect(await received).toBe('')
  })

  it('is not ready where the matcher is closed', async () => {
    const other = await createMatcher({ recognizer: await createRecognizer() })
    await using server = await startTestServer(other)
    expect((await server.send('GET', '/ready')).status).toBe(200)
    await other.close()
    expect(await server.send('GET', '/ready')).toMatchObject({ status: 503, body: { status: 'not_ready' } })
    expect(await search(server)).toMatchObject({ status: 503 })
    expect((await server.send('GET', '/health')).status).toBe(200)
  })
})

it('says nothing of what went wrong inside, and logs where', async () => {
  const broken: FaceMatcher = Object.create(matcher, {
    search: { value: () => Promise.reject(new Error('Ada is at /home/ada/people.db')) },
  }) as FaceMatcher
  await using server = await startTestServer(broken)
  expect(await search(server)).toMatchObject({ status: 500, text: '{"message":"internal_error","code":"ERROR"}' })
  const entry = server.log.find(({ event }) => event === 'request')
  expect(entry).toMatchObject({
    level: 'error',
    code: 'unexpected',
    error: { name: 'Error', at: expect.arrayContaining([expect.stringContaining('server-load.test.ts')]) },
  })
  expect(JSON.stringify(entry)).not.toMatch(/people\.db|Ada is/)
})

it('goes on where what logs is broken', async () => {
  await using server = await startTestServer(matcher, {
    log() {
      throw new Error('disk full')
    },
  })
  expect((await search(server)).status).toBe(200)
})

it('lets pages of the origins that are named call, and no others', async () => {
  await using server = await startTestServer(matcher, { cors: { origins: ['https://kiosk.example'] } })
  const preflight = (origin: string): Promise<Answer> =>
    server.send('OPTIONS', searchPath, {
      token: null,
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })
  const allowed = await preflight('https://kiosk.example')
  expect(allowed.status).toBe(204)
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://kiosk.example')
  expect(allowed.headers.get('access-control-allow-headers')).toMatch(/authorization/)
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull()
  const headers = { origin: 'https://kiosk.example' }
  const answer = await server.send('POST', searchPath, { headers, body: bodyOf('FAST') })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://kiosk.example')
  const refused = await server.send('POST', searchPath, { headers, token: 'wrong', body: bodyOf('FAST') })
  expect(refused.headers.get('access-control-allow-origin')).toBe('https://kiosk.example')
})
