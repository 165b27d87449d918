import { execFile } from 'node:child_process'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRequire } from 'node:module'
import path from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright'
import { createKioskServer } from '../../examples/kiosk/server.ts'
import { findChromium } from '../../scripts/chromium.mjs'

const run = promisify(execFile)
const vite = path.join(path.dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')

/** The folder of the kiosk's sources. */
export const kioskSources: string = path.resolve(import.meta.dirname, '../../examples/kiosk')

export interface Kiosk {
  context: BrowserContext
  page: Page
  /** What the page wrote to the console, threw, or was forbidden by its policy. */
  complaints: string[]
  newPage: () => Promise<Page>
  /** Ends the browser, and opens the kiosk in another one; without network where it is told so. */
  restart: (context: () => Promise<BrowserContext>, options?: { offline?: boolean }) => Promise<Page>
  stopServer: () => Promise<void>
  close: () => Promise<void>
}

export interface KioskOptions {
  context: BrowserContext
  /** The folder of the built kiosk. */
  root: string
  /** The address that it was built to ask. */
  cloud?: string
}

/** A kiosk with a server of its own. */
export async function openKiosk({ context, root, cloud }: KioskOptions): Promise<Kiosk> {
  const server = await serveKiosk(root, cloud)
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`
  const complaints: string[] = []
  const newPage = async (): Promise<Page> => {
    const page = await kiosk.context.newPage()
    page.setDefaultTimeout(60_000)
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(url)
    return page
  }
  const restart: Kiosk['restart'] = async (start, { offline = false } = {}) => {
    await kiosk.context.close()
    kiosk.context = await start()
    await kiosk.context.setOffline(offline)
    return newPage()
  }
  const stopServer = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
  const close = async (): Promise<void> => {
    await kiosk.context.close()
    await stopServer()
  }
  const kiosk: Omit<Kiosk, 'page'> = { context, complaints, newPage, restart, stopServer, close }
  return Object.assign(kiosk, { page: await newPage() })
}

/** Builds the kiosk as `npm run kiosk` does. */
export async function buildKiosk(root: string, outDir: string, more: Record<string, string> = {}): Promise<void> {
  // In a process of its own, since Vite takes this one for a test of the kiosk's sources.
  const args = [vite, 'build', '--logLevel', 'error', '--emptyOutDir', '--outDir', outDir]
  await run(process.execPath, args, { cwd: root, env: { ...process.env, NODE_ENV: 'production', ...more } })
}

/** Serves a built kiosk at a port of its own. */
export async function serveKiosk(root: string, cloud?: string): Promise<Server> {
  const server = createKioskServer(root, cloud).listen(0, 'localhost')
  await once(server, 'listening')
  return server
}

export function launch(...args: readonly string[]): Promise<Browser> {
  return chromium.launch(launchOptions(args))
}

export function launchOptions(args: readonly string[] = []): { executablePath: string; args: string[] } {
  return { executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu', ...args] }
}
