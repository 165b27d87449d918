import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const compress = promisify(gzip)

const packages = path.resolve(import.meta.dirname, '../../../packages')
const comlink = path.join(packages, 'worker/node_modules/comlink/dist/esm/comlink.mjs')

const folders = ['core', 'worker', 'usearch-wasm']

const imports = Object.assign({ comlink: '/comlink.js' }, ...(await Promise.all(folders.map(importsOf)))) as Readonly<
  Record<string, string>
>

const html = `<!doctype html><meta charset="utf-8"><title>visavis</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script><script type="module" src="/page.js"></script>`

/** Answers with what it has stored, so that the page starts without a network from the second time on. */
const serviceWorker = `
  addEventListener('install', () => skipWaiting())
  addEventListener('activate', (event) => event.waitUntil(clients.claim()))
  addEventListener('fetch', (event) => {
    event.respondWith(caches.open('all').then(async (cache) => {
      const kept = await cache.match(event.request)
      if (kept) return kept
      const response = await fetch(event.request)
      if (response.ok) await cache.put(event.request, response.clone())
      return response
    }))
  })`

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
}

export interface PageServer {
  readonly url: string
  /** Bytes of all bodies that were sent but the service worker's own. */
  readonly sent: () => number
  close(): Promise<void>
}

/** Serves the suite's page and the packages as they are built, compressed as servers do. */
export async function servePage(): Promise<PageServer> {
  const bodies = new Map<string, Promise<Buffer | undefined>>()
  let sent = 0
  const answer = async (pathname: string, response: ServerResponse): Promise<void> => {
    const loading = bodies.get(pathname) ?? bodyOf(pathname)
    bodies.set(pathname, loading)
    const body = await loading
    if (body === undefined) {
      response.writeHead(404).end()
      return
    }
    // Browsers ask for a service worker again by themselves, while the page is running already.
    if (pathname !== '/service-worker.js') sent += body.byteLength
    response.writeHead(200, {
      'Content-Type': pathname === '/' ? 'text/html' : (types[path.extname(pathname)] ?? 'application/octet-stream'),
      ...(isCompressed(pathname) ? { 'Content-Encoding': 'gzip' } : {}),
      'Cache-Control': 'no-store',
      // With these a page's clock is exact, and it may measure its memory.
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    })
    response.end(body)
  }
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://localhost').pathname, response)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    sent: () => sent,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Weights hold nothing that could be compressed. */
function isCompressed(pathname: string): boolean {
  return !pathname.endsWith('.bin')
}

async function bodyOf(pathname: string): Promise<Buffer | undefined> {
  const plain = await plainBodyOf(pathname).catch(() => undefined)
  return plain === undefined || !isCompressed(pathname) ? plain : compress(plain, { level: 9 })
}

async function plainBodyOf(pathname: string): Promise<Buffer> {
  if (pathname === '/') return Buffer.from(html)
  if (pathname === '/service-worker.js') return Buffer.from(serviceWorker)
  if (pathname === '/page.js') return readFile(path.join(import.meta.dirname, 'page.js'))
  if (pathname === '/comlink.js') return readFile(comlink)
  const [, folder = '', ...rest] = pathname.split('/')
  if (!folders.includes(folder)) throw new Error(`${pathname} is in none of the packages`)
  return readFile(path.join(packages, folder, ...rest))
}

type Targets = Readonly<Record<string, string | { readonly browser?: string; readonly default: string }>>

/** What a page's import map needs so that modules find all entries of a package and its own files by name. */
async function importsOf(folder: string): Promise<Record<string, string>> {
  const json = await readFile(path.join(packages, folder, 'package.json'), 'utf8')
  const { name, exports, imports: own = {} } = JSON.parse(json) as { name: string; exports: Targets; imports?: Targets }
  const named = Object.entries(exports).map(([entry, target]) => [`${name}${entry.slice(1)}`, target] as const)
  return Object.fromEntries(
    [...named, ...Object.entries(own)].map(([specifier, target]) => {
      const file = typeof target === 'string' ? target : (target.browser ?? target.default)
      return [specifier, `/${folder}${file.slice(1)}`]
    }),
  )
}
