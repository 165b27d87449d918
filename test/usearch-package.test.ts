import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { format, promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser } from 'playwright'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium } from '../scripts/chromium.mjs'
import { packProject } from './support/packed-project.ts'
import { serveFolder } from './support/static-server.ts'

const run = promisify(execFile)

/** An empty project that depends on the package as it would be published. */
let project: string
/** The first program of the package's README, and what the README says that it prints. */
let program: string
let output: string

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'visavis-usearch-'))
  await packProject(project, ['usearch-wasm'])
  const readme = await readFile(path.join(import.meta.dirname, '../packages/usearch-wasm/README.md'), 'utf8')
  ;[, program] = /```js\n(.*?)```/s.exec(readme) as unknown as [string, string]
  ;[, output] = /```text\n(.*?)```/s.exec(readme) as unknown as [string, string]
}, 300_000)

afterAll(() => rm(project, { recursive: true, force: true }))

describe('the package usearch-wasm as published', () => {
  it('runs the program of its README in Node', async () => {
    await writeFile(path.join(project, 'first.js'), program)
    const { stdout, stderr } = await run(process.execPath, ['first.js'], { cwd: project })
    expect({ stdout, stderr }).toEqual({ stdout: output, stderr: '' })
  })

  it('says how to get the native addon where it is not installed', async () => {
    const script = `
      import { createNativeUsearchIndex } from '@visavis/usearch-wasm/native'
      await createNativeUsearchIndex({ dimensions: 2 }).catch(({ code, message }) => console.log(code, message))`
    await writeFile(path.join(project, 'native.js'), script)
    const { stdout } = await run(process.execPath, ['native.js'], { cwd: project })
    expect(stdout).toMatch(/^load_failed .*install usearch@2\.26\.2/)
  })

  it('has a module of less than 65 kB gzipped', async () => {
    const wasm = await readFile(path.join(project, 'node_modules/@visavis/usearch-wasm/assets/usearch.wasm'))
    expect(gzipSync(wasm, { level: 9 }).byteLength).toBeLessThan(65_000)
  })

  describe('in Chromium', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox', '--disable-gpu'] })
    })
    afterAll(() => browser?.close())

    it.each(['a page', 'a worker'])(
      "runs the program of its README in %s with a policy that has only 'wasm-unsafe-eval'",
      async (place) => {
        const app = path.join(project, place.replace(' ', '-'))
        await mkdir(app)
        const html =
          '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:," /><script type="module" src="./main.js"></script>'
        await writeFile(path.join(app, 'index.html'), html)
        const starter = "new Worker(new URL('./first.js', import.meta.url), { type: 'module' })"
        await writeFile(path.join(app, 'main.js'), place === 'a page' ? "import './first.js'" : starter)
        await writeFile(path.join(app, 'first.js'), program)
        await build({
          root: app,
          configFile: false,
          logLevel: 'error',
          build: { target: 'es2023' },
          worker: { format: 'es' },
        })
        expect((await readdir(path.join(app, 'dist/assets'))).filter((file) => file.endsWith('.wasm'))).toHaveLength(1)
        const server = await serveFolder(path.join(app, 'dist'), {
          policy:
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src data:",
        })
        const page = await browser.newPage()
        const problems: string[] = []
        page.on('pageerror', (error) => problems.push(String(error)))
        page.on('request', (request) => {
          if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) problems.push(request.url())
        })
        const printed: unknown[][] = []
        const done = new Promise<void>((resolve) => {
          page.on('console', async (message) => {
            if (message.type() === 'error') problems.push(message.text())
            printed.push(await Promise.all(message.args().map((value) => value.jsonValue())))
            if (printed.length === output.trimEnd().split('\n').length) resolve()
          })
        })
        await page.goto(server.url)
        await done
        // As Node's console writes what the page's console was given.
        expect(printed.map((values) => `${format(...values)}\n`).join('')).toBe(output)
        expect(problems).toEqual([])
        await page.close()
        await server.close()
      },
    )
  })
})
