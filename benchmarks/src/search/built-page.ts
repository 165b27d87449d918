import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Page } from 'playwright'
import { build, preview } from 'vite'
import { findChromium } from '../../../scripts/chromium.mjs'

/** A page of a headless Chromium. */
export interface BuiltPage extends AsyncDisposable {
  readonly page: Page
  /** Of the browser. */
  readonly version: string
}

/**
 * Isolates the page from others, which makes its clock twenty times finer: 5 microseconds instead of 100. Nothing it needs
 * comes from elsewhere.
 */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/**
 * Builds a module as an app would be built, with the sources of the packages, serves it, and opens it in Chromium. Errors
 * of the page go to standard error.
 *
 * @param entry The file of the module.
 * @throws Error where there is no Chromium, or the module cannot be built.
 */
export async function openBuiltPage(entry: string): Promise<BuiltPage> {
  const executablePath = findChromium()
  await using stack = new AsyncDisposableStack()
  const root = await mkdtemp(path.join(tmpdir(), 'visavis-page-'))
  stack.defer(() => rm(root, { recursive: true, force: true }))
  await writeFile(path.join(root, 'index.html'), `<!doctype html><script type="module" src="${entry}"></script>`)
  const conditions = ['visavis-source', 'module', 'browser', 'development|production']
  const settings = { root, configFile: false, envDir: false, logLevel: 'error', resolve: { conditions } } as const
  await build({ ...settings, build: { target: 'es2022', reportCompressedSize: false } })
  const server = await preview({ ...settings, preview: { host: '127.0.0.1', port: 0, headers } })
  stack.defer(() => server.close())
  const [url] = server.resolvedUrls?.local ?? []
  if (url === undefined) throw new Error('The page is not served.')
  // Containers and root have no sandbox; the only page is our own.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  stack.defer(() => browser.close())
  const page = await browser.newPage()
  page.on('pageerror', (error) => process.stderr.write(`The page failed: ${error.message}\n`))
  await page.goto(url)
  const disposables = stack.move()
  return { page, version: browser.version(), [Symbol.asyncDispose]: () => disposables.disposeAsync() }
}
