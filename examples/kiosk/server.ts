import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import path from 'node:path'
import { contentSecurityPolicy, frameAncestors } from './build/content-security-policy.ts'

const types: Readonly<Record<string, string>> = {
  '.bin': 'application/octet-stream',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
}

interface Site {
  readonly folder: string
  readonly policy: string
}

/**
 * A server of the built kiosk, with the headers that every host of it should send.
 *
 * @param cloud The address of the cloud that the kiosk was built to ask.
 */
export function createKioskServer(folder: string, cloud?: string): Server {
  const site = { folder, policy: `${contentSecurityPolicy(cloud)}; ${frameAncestors}` }
  return createServer((request, response) => {
    serve(site, request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined)
    })
  })
}

async function serve({ folder, policy }: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = request.method === 'GET' || request.method === 'HEAD' ? fileOf(folder, request.url ?? '/') : undefined
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined)
  if (file === undefined || found?.isFile() !== true) {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found.\n')
    return
  }
  response.writeHead(200, {
    'content-type': types[path.extname(file)] ?? 'application/octet-stream',
    'content-length': found.size,
    // What has a hash in its name never changes; of the rest the browser asks each time.
    'cache-control':
      path.basename(path.dirname(file)) === 'assets' ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': policy,
    'permissions-policy': 'camera=(self), microphone=(), geolocation=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  if (request.method === 'HEAD') response.end()
  else createReadStream(file).pipe(response)
}

/** `undefined` for what is outside of the folder, or no path at all. */
function fileOf(folder: string, url: string): string | undefined {
  try {
    const name = decodeURIComponent(new URL(url, 'http://kiosk').pathname)
    if (name.includes('\0')) return undefined
    const file = path.join(folder, name.endsWith('/') ? `${name}index.html` : name)
    return file.startsWith(folder + path.sep) ? file : undefined
  } catch {
    return undefined
  }
}
