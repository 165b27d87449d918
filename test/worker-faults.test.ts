import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { protocolVersion } from '../packages/worker/src/protocol.ts'
import { findChromium } from '../scripts/chromium.mjs'
import { people } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut, type CropOptions } from './support/photo.ts'
import { serveFolder, strictPolicy, type StaticServer, type StaticServerOptions } from './support/static-server.ts'

/** The worker package as it is built, and answers of the server's own. */
const built = path.resolve(import.meta.dirname, '../packages/worker/dist')

let browser: Browser
let crop: { width: number; height: number; data: number[] }
let context: BrowserContext
let server: StaticServer

beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] })
  const { width, height, data } = cut(await loadPhoto(6), people['Ada'] as CropOptions)
  crop = { width, height, data: [...data] }
})
afterAll(() => browser?.close())
afterEach(async () => {
  await context.close()
  await server.close()
})

type Options = Record<string, unknown>

/** What a page of the test's has. */
interface TestPage {
  create(options?: Options): Promise<Record<string, unknown>>
  enroll(): Promise<unknown>
  search(): Promise<unknown>
  thumbnails(): Promise<number>
  close(): Promise<void>
}

const page = `
  import { createWorkerMatcher } from './standalone.js'
  const told = ({ name, code, message }) => ({ name, code, message })
  let matcher
  const picture = () => ({ ...globalThis.crop, data: Uint8Array.from(globalThis.crop.data) })
  globalThis.create = (options) => {
    const worker = options?.worker && (() => new Worker(options.worker, { type: 'module' }))
    return createWorkerMatcher({ ...options, worker }).then((made) => { matcher = made; return {} }, told)
  }
  globalThis.enroll = () => matcher.persons.create({ id: 'ada', name: 'Ada', images: [picture(), picture(), picture()] }).then(() => ({}), told)
  globalThis.search = () => matcher.search(picture(), { minScore: 0.8, mode: 'FAST' }).then(({ candidates }) => candidates.map(({ id }) => id), told)
  globalThis.thumbnails = async () => (await matcher.persons.get('ada'))?.thumbnails.length ?? 0
  globalThis.close = () => matcher.close()
  globalThis.ready = true`

async function open(
  answers: Record<string, { status?: number; type?: string; body?: string }> = {},
  options: StaticServerOptions = {},
): Promise<void> {
  const all = {
    '/': { type: 'text/html', body: '<!doctype html><script type="module" src="/page.js"></script>' },
    '/page.js': { body: page },
    ...answers,
  } as typeof answers
  const intercept = (request: IncomingMessage, response: ServerResponse): boolean => {
    const answer = all[request.url ?? '']
    if (answer === undefined) return false
    const { status = 200, type = 'text/javascript', body = '' } = answer
    response.writeHead(status, { 'Content-Type': type, 'Content-Security-Policy': options.policy ?? strictPolicy })
    response.end(body)
    return true
  }
  server = await serveFolder(built, { ...options, intercept })
  context = await browser.newContext()
}

async function newPage(): Promise<Page> {
  const opened = await context.newPage()
  await opened.goto(server.url)
  await opened.waitForFunction(() => 'ready' in globalThis)
  await opened.evaluate((given) => Object.assign(globalThis, { crop: given }), crop)
  return opened
}

/** Calls one of the page's functions. */
function call<K extends keyof TestPage>(at: Page, name: K, options?: Options): ReturnType<TestPage[K]> {
  return at.evaluate(
    ([key, given]) => (globalThis as unknown as Record<string, (given: unknown) => unknown>)[key as string]?.(given),
    [name, options],
  ) as ReturnType<TestPage[K]>
}

async function failure(options?: Options): Promise<Record<string, unknown>> {
  return call(await newPage(), 'create', options)
}

describe('a page without', () => {
  it('the worker file names it', async () => {
    await open({ '/worker/browser.js': { status: 404 } })
    const error = await failure()
    expect(error).toMatchObject({ name: 'WorkerError', code: 'worker_load_failed' })
    expect(error['message']).toContain('worker/browser.js')
  })

  it('the worker file but a page of HTML in its place names it', async () => {
    await open({ '/worker/browser.js': { type: 'text/html', body: '<!doctype html><title>App</title>' } })
    expect(await failure()).toMatchObject({
      code: 'worker_load_failed',
      message: expect.stringContaining('worker/browser.js'),
    })
  })

  it('leave to start workers names the directive', async () => {
    await open({}, { policy: strictPolicy.replace("worker-src 'self'", "worker-src 'none'") })
    expect(await failure()).toMatchObject({
      code: 'worker_load_failed',
      message: expect.stringContaining('worker-src'),
    })
  })

  it('leave to compile WebAssembly names the directive', async () => {
    await open({}, { policy: strictPolicy.replace(" 'wasm-unsafe-eval'", '') })
    expect(await failure()).toMatchObject({
      code: 'model_load_failed',
      message: expect.stringContaining("'wasm-unsafe-eval'"),
    })
  })

  for (const file of ['dlib-resnet.bin', 'face-mesh.json', 'tfjs-backend-wasm-simd.wasm']) {
    it(`${file} names it, also where a page of HTML is in its place`, async () => {
      await open({ [`/assets/${file}`]: { status: 404 } })
      expect(await failure()).toMatchObject({
        code: 'model_load_failed',
        message: expect.stringMatching(`${file}.*404`),
      })
      await context.close()
      await server.close()
      await open({ [`/assets/${file}`]: { type: 'text/html', body: '<!doctype html><title>App</title>' } })
      expect(await failure()).toMatchObject({ code: 'model_corrupt', message: expect.stringContaining(file) })
    })
  }

  it('usearch.wasm names it, also where a page of HTML is in its place', async () => {
    for (const answer of [{ status: 404 }, { type: 'text/html', body: '<!doctype html><title>App</title>' }]) {
      await open({ '/assets/usearch.wasm': answer })
      const told = await failure()
      expect(told).toMatchObject({ code: 'model_load_failed', message: expect.stringContaining('usearch.wasm') })
      await context.close()
      await server.close()
    }
  })

  it('storage says so', async () => {
    await open({
      '/denied.js': { body: `import './deny.js'; import './worker/browser.js'` },
      '/deny.js': {
        body: `IDBFactory.prototype.open = () => { throw new DOMException('The operation is insecure.', 'SecurityError') }`,
      },
    })
    expect(await failure({ worker: '/denied.js', store: { kind: 'indexeddb', name: 'people' } })).toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
    })
  })
})

describe('a page with', () => {
  it('a worker file of another version says so', async () => {
    await open({
      '/other.js': {
        body: `addEventListener('message', ({ data: { port } }) => {
          port.onmessage = ({ data: { id } }) => port.postMessage({ id, type: 'RAW', value: 0 })
        })`,
      },
    })
    expect(await failure({ worker: '/other.js' })).toMatchObject({
      code: 'worker_load_failed',
      message: expect.stringContaining('another version'),
    })
  })

  it('a worker that ends itself, or lets an error escape, hears of it', async () => {
    for (const [line, said] of [
      [`close()`, 'it was ended'],
      [`throw new TypeError('escaped')`, 'escaped'],
    ]) {
      await open({
        '/dying.js': {
          body: `import './worker/browser.js'\nnew BroadcastChannel('end').onmessage = () => { ${line} }`,
        },
      })
      const opened = await newPage()
      expect(await call(opened, 'create', { worker: '/dying.js' })).toEqual({})
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel's message has no target
      await opened.evaluate(() => new BroadcastChannel('end').postMessage('now'))
      await expect
        .poll(() => call(opened, 'search'), { timeout: 30_000 })
        .toMatchObject({ code: 'worker_crashed', message: expect.stringContaining(said as string) })
      await context.close()
      await server.close()
    }
  })

  it('a worker that answers nothing can be closed, and no call stays open', async () => {
    await open({
      '/stuck.js': {
        body: `addEventListener('message', ({ data: { port, lock } }) => {
          const answers = { hello: ${protocolVersion}, open: { kind: 'value' } }
          navigator.locks.request(lock, () => {
            port.onmessage = ({ data: { id, path: [method] } }) => {
              if (method in answers) port.postMessage({ id, type: 'RAW', value: answers[method] })
            }
            return new Promise(() => {})
          })
        })`,
      },
    })
    const opened = await newPage()
    expect(await call(opened, 'create', { worker: '/stuck.js' })).toEqual({})
    const searches = [call(opened, 'search'), call(opened, 'search')]
    await call(opened, 'close')
    for (const search of searches) expect(await search).toMatchObject({ code: 'matcher_closed' })
  })

  it('another tab beside it leaves writing to whoever came first, and reads along or is refused', async () => {
    await open()
    const store = { kind: 'indexeddb', name: 'people' }
    const [first, second, third] = [await newPage(), await newPage(), await newPage()]
    expect(await call(first, 'create', { store })).toEqual({})
    expect(await call(second, 'create', { store })).toEqual({})
    expect(await call(second, 'enroll')).toMatchObject({ code: 'store_locked' })
    expect(await call(first, 'enroll')).toEqual({})
    expect(await call(second, 'search')).toEqual(['ada'])
    const refused = await call(third, 'create', { store: { ...store, whenLocked: 'refuse' } })
    expect(refused).toMatchObject({ code: 'store_locked' })
    await call(first, 'close')
    expect(await call(second, 'search')).toEqual(['ada'])
  })

  it('people keeps them, whole or not at all, when its tab is closed in the middle', async () => {
    await open()
    const store = { kind: 'indexeddb', name: 'people' }
    for (const delay of [0, 60, 200, 2000]) {
      const closing = await newPage()
      expect(await call(closing, 'create', { store })).toEqual({})
      const enrolling = call(closing, 'enroll').catch(() => 'closed')
      await new Promise((resolve) => {
        setTimeout(resolve, delay)
      })
      await closing.close()
      const outcome = await enrolling
      const next = await newPage()
      // The browser may still be ending the other tab's worker.
      await expect.poll(() => call(next, 'create', { store }), { timeout: 30_000 }).toEqual({})
      // Whoever was answered is there; who was not is there as a whole or not at all.
      expect(outcome === 'closed' ? [0, 3] : [3]).toContain(await call(next, 'thumbnails'))
      await next.close()
    }
  })
})
