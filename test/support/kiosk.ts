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
  context.setDefaultTimeout(60_000)
  const complaints: string[] = []
  const newPage = async (): Promise<Page> => {
    const page = await context.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.goto(url)
    return page
  }
  const stopServer = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  }
  const close = async (): Promise<void> => {
    await context.close()
    await stopServer()
  }
  return { context, page: await newPage(), complaints, newPage, stopServer, close }
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
