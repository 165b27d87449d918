import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

/** All that a page needs which recognizes faces: nothing inline, nothing made from text, nothing from elsewhere. */
export const strictPolicy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' blob:"

export interface StaticServer {
  readonly url: string
  close(): Promise<void>
}

export interface StaticServerOptions {
  /** The Content-Security-Policy of every file. @default what recognition needs and no more */
  policy?: string
  /** Answers instead of the folder where it returns true. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** Serves the files of a folder on a port of its own. */
export async function serveFolder(
  folder: string,
  { policy = strictPolicy, intercept = () => false }: StaticServerOptions = {},
): Promise<StaticServer> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (intercept(request, response)) return
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const file = path.join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname)
    const bytes = await readFile(file).catch(() => undefined)
    if (bytes === undefined) {
      response.writeHead(404).end()
      return
    }
    response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream')
    response.setHeader('Content-Security-Policy', policy)
    response.end(bytes)
  }
  const server: Server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
