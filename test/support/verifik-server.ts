import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as the server got it. */
export interface SeenRequest {
  readonly method: string
  /** Without the session and the prefix of the API. */
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** How a request is answered: well, badly, or not at all. */
export type Play =
  | { kind: 'json'; status?: number; body: unknown; headers?: Record<string, string> }
  | { kind: 'text'; status?: number; text: string; type?: string }
  /** The answer comes drop by drop, in about so many milliseconds. */
  | { kind: 'slow'; body: unknown; milliseconds: number }
  /** The answer stops in the middle, and the connection with it. */
  | { kind: 'cut'; body: unknown }
  /** The connection ends without an answer. */
  | { kind: 'reset' }
  /** Nothing ever comes. */
  | { kind: 'hang' }
  /** A beginning comes and nothing more. */
  | { kind: 'hang_in_body' }
  /** More than anybody wants, said before or not. */
  | { kind: 'flood'; announced: boolean }
  | { kind: 'redirect'; status: number; to: string }

/** One client's own server within the server: what it is answered with, and what it asked. */
export interface Session {
  readonly baseUrl: string
  readonly requests: SeenRequest[]
  /** Answers to come, first to last; then `otherwise`. */
  readonly plays: Play[]
  otherwise: (request: SeenRequest) => Play
}

export interface VerifikServer {
  readonly origin: string
  open: (otherwise?: Session['otherwise']) => Session
  close: () => Promise<void>
}

/** A real server on this machine that answers as it is told. */
export async function startVerifikServer(): Promise<VerifikServer> {
  const sessions = new Map<string, Session>()
  const server = createServer((request, response) => {
    void answer(request, response, sessions)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    open(otherwise = () => ({ kind: 'json', status: 404, body: { message: 'nothing is played' } })) {
      const name = `s${sessions.size}`
      const session: Session = { baseUrl: `${origin}/${name}`, requests: [], plays: [], otherwise }
      sessions.set(name, session)
      return session
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'authorization, content-type',
  'access-control-allow-methods': 'GET, POST, PUT, DELETE',
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sessions: ReadonlyMap<string, Session>,
): Promise<void> {
  // Clients that stop halfway are part of the play.
  for (const stream of [request, response]) stream.on('error', () => {})
  if (request.method === 'OPTIONS') {
    response.writeHead(204, cors).end()
    return
  }
  const url = new URL(request.url ?? '/', 'http://localhost')
  const [, name = '', ...path] = url.pathname.split('/')
  const session = sessions.get(name)
  const text = await readAll(request).catch(() => null)
  if (session === undefined || text === null) {
    response.writeHead(404).end()
    return
  }
  const seen: SeenRequest = {
    method: request.method ?? '',
    path: `/${path.join('/')}`.replace('/v2/face-recognition', ''),
    query: url.searchParams,
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
  }
  session.requests.push(seen)
  play(session.plays.shift() ?? session.otherwise(seen), response)
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function play(how: Play, response: ServerResponse): void {
  const json = { ...cors, 'content-type': 'application/json' }
  switch (how.kind) {
    case 'json':
      response.writeHead(how.status ?? 200, { ...json, ...how.headers }).end(JSON.stringify(how.body))
      break
    case 'text':
      response.writeHead(how.status ?? 200, { ...cors, 'content-type': how.type ?? 'text/html' }).end(how.text)
      break
    case 'cut': {
      const text = JSON.stringify(how.body)
      response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(text) })
      response.write(text.slice(0, text.length / 2), () => response.destroy())
      break
    }
    case 'slow':
      response.writeHead(200, json)
      drip(response, JSON.stringify(how.body), how.milliseconds / drops)
      break
    case 'reset':
      response.destroy()
      break
    case 'hang':
      break
    case 'hang_in_body':
      response.writeHead(200, json).write('{"data":')
      break
    case 'flood':
      response.writeHead(200, { ...json, ...(how.announced && { 'content-length': 1e9 }) })
      flood(response)
      break
    case 'redirect':
      response.writeHead(how.status, { ...cors, location: how.to }).end()
      break
  }
}

const drops = 10

function drip(response: ServerResponse, text: string, milliseconds: number): void {
  const size = Math.ceil(text.length / drops)
  const timer = setInterval(() => {
    response.write(text.slice(0, size))
    text = text.slice(size)
    if (text === '') {
      clearInterval(timer)
      response.end()
    }
  }, milliseconds)
}

const spaces = Buffer.alloc(65_536, ' ')

/** Writes as long as somebody reads. */
function flood(response: ServerResponse): void {
  let room = true
  while (room && !response.destroyed) room = response.write(spaces)
  if (!response.destroyed) response.once('drain', () => flood(response))
}
