import { createServer, STATUS_CODES, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { ServerLimits } from './server-options.ts'

export interface ListenOptions {
  /** 0 takes any free one. @default 0 */
  port?: number
  /** @default '127.0.0.1', which is reached from this machine only */
  host?: string
}

/** A server that listens, until it is closed. */
export interface Listener extends AsyncDisposable {
  readonly port: number
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string
  /**
   * Takes no more connections, lets requests under way finish, and cuts off those that are not done in time.
   *
   * @param options.graceMilliseconds How long they get. @default 10_000
   */
  close(options?: { graceMilliseconds?: number }): Promise<void>
}

export interface Handler {
  fetch: (request: Request) => Response | Promise<Response>
  /** Answers what could not be made into a request, such as a bad host. */
  malformed: (status: number) => Response
}

/** How often connections are checked against their time limits, milliseconds. */
const checkInterval = 1_000
/** After it a connection on which nothing moves is closed, whether it sends or takes, milliseconds. */
const idleTimeout = 60_000
const keepAliveTimeout = 5_000
const mostHeaderBytes = 16_384

/** Serves a handler over HTTP on this machine. */
export async function listen(
  { fetch, malformed }: Handler,
  { headMilliseconds, bodyMilliseconds, connections }: ServerLimits,
  { port = 0, host = '127.0.0.1' }: ListenOptions,
): Promise<Listener> {
  const answer = getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler: () => malformed(400) })
  const server = createServer(
    {
      headersTimeout: headMilliseconds,
      requestTimeout: headMilliseconds + bodyMilliseconds,
      keepAliveTimeout,
      connectionsCheckingInterval: checkInterval,
      maxHeaderSize: mostHeaderBytes,
      // Requests that smuggle another one behind a proxy rely on leniency.
      insecureHTTPParser: false,
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  )
  server.maxConnections = connections
  server.setTimeout(idleTimeout)
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else void refuse(socket, malformed(statusOf(error.code)))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, backlog: 1024 }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const bound = server.address() as AddressInfo
  const close: Listener['close'] = ({ graceMilliseconds = 10_000 } = {}) => closeServer(server, graceMilliseconds)
  return {
    port: bound.port,
    url: `http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`,
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

async function closeServer(server: Server, grace: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), grace)
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  clearTimeout(timer)
}

function statusOf(code: string | undefined): number {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 431
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 408
    default:
      return 400
  }
}

/** Node hands over the bare connection where it could not read a request. */
async function refuse(socket: Socket, response: Response): Promise<void> {
  const body = await response.text()
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = new TextEncoder().encode(body).byteLength
  const line = `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ''}\r\n`
  socket.write(`${line}${headers}content-length: ${length}\r\nconnection: close\r\n\r\n${body}`)
  socket.destroySoon()
}
