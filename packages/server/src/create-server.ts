import { checkOptions, integer, number, optional, text, type OptionShape } from '@visavis/core/kit'
import { AccessList } from './access-list.ts'
import { createApp } from './create-app.ts'
import { refusalResponse } from './error-response.ts'
import { isLoopback } from './loopback.ts'
import type { Listener, ListenOptions } from './node-listener.ts'
import { Refusal } from './refusal.ts'
import { RequestHandler } from './request-handler.ts'
import type { LifecycleEntry, Log } from './server-log.ts'
import { checkServerOptions, invalid, type ServerOptions } from './server-options.ts'

/** Verifik's face recognition endpoints over a matcher. */
export interface Server {
  /** Answers a request; to be mounted wherever requests come from. */
  fetch(request: Request): Promise<Response>
  /**
   * Listens with Node's own HTTP server.
   *
   * @throws what Node's `listen` gives, such as `EADDRINUSE`; VisavisError `invalid_option` where `insecureNoAuth` is to
   * leave this machine.
   */
  listen(options?: ListenOptions): Promise<Listener>
}

const listenShape: OptionShape<ListenOptions> = { port: optional(integer(0, 65_535)), host: optional(text(1, 300)) }
const closeShape: OptionShape<{ graceMilliseconds?: number }> = { graceMilliseconds: optional(number(0, 2 ** 31 - 1)) }

/** @throws VisavisError `invalid_option` */
export function createServer(options: ServerOptions): Server {
  const limits = checkServerOptions(options)
  const { matcher, tokens, insecureNoAuth = false, allowedImageHosts = [], cors, log: write } = options
  const log: Log = (entry) => {
    try {
      write?.(entry)
    } catch {
      // A log that fails, such as on a full disk, must not fail the answer.
    }
  }
  const handler = new RequestHandler({
    matcher,
    access: insecureNoAuth ? undefined : new AccessList(tokens),
    limits,
    imageHosts: allowedImageHosts,
    log,
  })
  let closing = false
  const app = createApp({ matcher, handler, origins: cors?.origins ?? [], isClosing: () => closing })

  async function fetch(request: Request): Promise<Response> {
    const response = await app.fetch(request)
    // A kept connection would lead to a closed server.
    if (closing) response.headers.set('connection', 'close')
    return response
  }

  return {
    fetch,
    async listen(listenOptions = {}) {
      checkOptions('options', listenShape, listenOptions)
      const { port = 0, host = '127.0.0.1' } = listenOptions
      if (insecureNoAuth && !isLoopback(host)) {
        throw invalid(`insecureNoAuth serves on loopback addresses only, not on ${host}; use tokens.`)
      }
      // Loaded where it is used: where only fetch is, there may be no Node.
      const { listen } = await import('./node-listener.ts')
      const listener = await listen({ fetch, malformed }, limits, { port, host })
      handler.metrics.watchProcess()
      const note = (event: LifecycleEntry['event']): void =>
        log({ time: new Date().toISOString(), level: 'info', event, url: listener.url })
      note('listening')
      let closed: Promise<void> | undefined
      const close: Listener['close'] = async (how = {}) => {
        checkOptions('options', closeShape, how)
        closed ??= (async () => {
          closing = true
          note('closing')
          await listener.close(how)
          note('closed')
        })()
        return closed
      }
      return { ...listener, close, [Symbol.asyncDispose]: () => close() }
    },
  }
}

function malformed(status: number): Response {
  return refusalResponse(new Refusal(status, 'bad_request', 'BAD_REQUEST'))
}
