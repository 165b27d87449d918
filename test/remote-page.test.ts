import type { ClientEvent } from '@visavis/remote'
import { build } from 'esbuild'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../scripts/chromium.mjs'
import * as verifik from './fixtures/verifik-answers.ts'
import { serveFolder, strictPolicy, type StaticServer } from './support/static-server.ts'
import { json, token } from './support/verifik-client.ts'
import { startVerifikServer, type Session, type VerifikServer } from './support/verifik-server.ts'

/** What a page does with the client; `null` for the code where it got an answer. */
const program = `
  import { createVerifikClient } from '@visavis/remote'
  const canvas = new OffscreenCanvas(300, 200)
  canvas.getContext('2d').fillRect(20, 20, 90, 90)
  globalThis.ask = async (baseUrl, token) => {
    const events = []
    const client = createVerifikClient({ baseUrl, token, retry: { firstDelay: 1 }, onEvent: (event) => events.push(event) })
    try {
      const { candidates } = await client.search(canvas, { minScore: 0.5, mode: 'FAST' })
      return { code: null, names: candidates.map(({ name }) => name), events }
    } catch (error) {
      return { code: error.code, names: [], events }
    }
  }`

describe('a page of another origin', () => {
  let folder: string
  let api: VerifikServer
  let session: Session
  let site: StaticServer
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'visavis-remote-'))
    await build({
      stdin: { contents: program, resolveDir: import.meta.dirname },
      outfile: path.join(folder, 'page.js'),
      bundle: true,
      format: 'esm',
      conditions: ['visavis-source', 'browser'],
      external: ['node:*'],
      logLevel: 'error',
    })
    await writeFile(path.join(folder, 'index.html'), '<script type="module" src="./page.js"></script>')
    api = await startVerifikServer()
    site = await serveFolder(folder, {
      policy: strictPolicy.replace("connect-src 'self'", `connect-src ${api.origin}`),
    })
    browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] })
    page = await browser.newPage()
    await page.goto(site.url)
    await page.waitForFunction(() => 'ask' in globalThis)
    session = api.open()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
    await api?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const ask = async (): Promise<{ code: string | null; names: string[]; events: ClientEvent[] }> =>
    page.evaluate(
      ([baseUrl, secret]) =>
        (globalThis as unknown as { ask: (...args: unknown[]) => Promise<never> }).ask(baseUrl, secret),
      [session.baseUrl, token] as const,
    )

  it('searches through the client', async () => {
    session.plays.push(json(verifik.searchAnswers.twoInOrder))
    expect(await ask()).toMatchObject({ code: null, names: ['María Ensayo', 'Nuno Ensayo'] })
    const [request] = session.requests
    expect(request?.path).toBe('/search')
    expect(request?.headers).toMatchObject({ authorization: `Bearer ${token}`, 'sec-fetch-mode': 'cors' })
    expect(request?.headers).not.toHaveProperty('referer')
    const { images = [] } = (request?.body ?? {}) as { images?: string[] }
    expect(images[0]).toMatch(/^\/9j\/[A-Za-z0-9+/]{100,}=*$/)
  })

  it('is told what goes wrong as Node is', async () => {
    for (const [play, code] of [
      [json(verifik.errorAnswers.noCredits.body, 402), 'insufficient_credits'],
      [json(verifik.errorAnswers.noFace.body, 409), 'no_face'],
      [{ kind: 'redirect', status: 307, to: `${api.origin}/elsewhere` }, 'bad_response'],
      [{ kind: 'text', text: '<html>' }, 'bad_response'],
      [{ kind: 'flood', announced: false }, 'bad_response'],
    ] as const) {
      session.plays.push(play)
      expect((await ask()).code).toBe(code)
    }
    // Cut off rather than not answered at all: that a browser tries again by itself.
    session.plays.push({ kind: 'cut', body: verifik.searchAnswers.noMatch }, json(verifik.searchAnswers.noMatch))
    const { code, events } = await ask()
    expect([code, events.map(({ type }) => type)]).toEqual([null, ['failure', 'retry', 'answer']])
  })
})
