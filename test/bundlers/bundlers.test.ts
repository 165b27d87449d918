import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build as esbuild } from 'esbuild'
import { chromium, type Browser } from 'playwright'
import sharp from 'sharp'
import { build as viteBuild, createServer as createViteServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import webpack, { type Stats } from 'webpack'
import { findChromium } from '../../scripts/chromium.mjs'
import { packProject } from '../support/packed-project.ts'
import { people } from '../support/people.ts'
import { photoPath } from '../support/photo-node.ts'
import type { CropOptions } from '../support/photo.ts'
import { serveFolder } from '../support/static-server.ts'

const require = createRequire(import.meta.url)

/**
 * In the repository, where Next and React are found, too; the packages are those in its own node_modules. Folders of
 * this name are no part of the repository.
 */
const project = path.join(import.meta.dirname, '.cache')

let browser: Browser
/** Two crops of one person and one of another, as JPEG in base64. */
let pictures: { enrolled: string; probe: string; stranger: string }

/** What every app offers to its test: enrolls one picture and searches the others. */
const app = (from: string): string => `
  import { createWorkerMatcher } from '${from}'

  const bytes = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

  globalThis.find = async ({ enrolled, probe, stranger }) => {
    const matcher = await createWorkerMatcher()
    await matcher.persons.create({ id: 'ada', name: 'Ada', images: [bytes(enrolled)] })
    const found = []
    for (const picture of [probe, stranger]) {
      const { candidates } = await matcher.search(bytes(picture), { minScore: 0.8, mode: 'FAST' })
      found.push(candidates.map(({ id }) => id).join())
    }
    await matcher.close()
    return found
  }`

interface App {
  find(given: typeof pictures): Promise<string[]>
}

interface Outcome {
  /** The ids found for each picture. */
  readonly found: string[]
  /** Everything that went wrong in the page, and whatever it asked of other places. */
  readonly problems: string[]
}

const works: Outcome = { found: ['ada', ''], problems: [] }

beforeAll(async () => {
  await rm(project, { recursive: true, force: true })
  await packProject(project, ['models', 'usearch-wasm', 'core', 'worker'])
  const ada = people['Ada'] as CropOptions
  const bea = people['Bea'] as CropOptions
  pictures = {
    enrolled: await crop(ada, 1),
    probe: await crop(ada, 1.1),
    stranger: await crop(bea, 1),
  }
  browser = await chromium.launch({
    executablePath: findChromium(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  })
}, 300_000)

afterAll(async () => {
  await browser?.close()
  await rm(project, { recursive: true, force: true })
})

describe('an app made of the published packages recognizes people', () => {
  it('built by Vite', async () => {
    const root = await newApp('vite', { 'index.html': page('/main.js'), 'main.js': app('@visavis/worker') })
    await viteBuild({ root, configFile: false, logLevel: 'error' })
    expect(await search(path.join(root, 'dist'))).toEqual(works)
  })

  it("on Vite's development server", async () => {
    const root = await newApp('vite-dev', { 'index.html': page('/main.js'), 'main.js': app('@visavis/worker') })
    const server = await createViteServer({ root, configFile: false, logLevel: 'error', server: { port: 0 } })
    try {
      await server.listen()
      expect(await searchAt(server.resolvedUrls?.local[0] as string)).toEqual(works)
    } finally {
      await server.close()
    }
  })

  it('built by webpack', async () => {
    const root = await newApp('webpack', { 'dist/index.html': page('/main.js'), 'main.js': app('@visavis/worker') })
    const stats = await new Promise<Stats | undefined>((resolve, reject) => {
      webpack(
        {
          mode: 'production',
          context: root,
          entry: './main.js',
          output: { path: path.join(root, 'dist') },
          performance: false,
        },
        (error, made) => (error ? reject(error) : resolve(made)),
      )
    })
    expect(stats?.toJson({ errors: true, warnings: true })).toMatchObject({ errors: [], warnings: [] })
    expect(await search(path.join(root, 'dist'))).toEqual(works)
  })

  it('built by esbuild, with the two folders of the package beside it', async () => {
    const root = await newApp('esbuild', { 'dist/index.html': page('/main.js'), 'main.js': app('@visavis/worker') })
    await esbuild({
      entryPoints: [path.join(root, 'main.js')],
      bundle: true,
      format: 'esm',
      outdir: path.join(root, 'dist'),
      logLevel: 'error',
    })
    for (const folder of ['worker', 'assets']) {
      await cp(path.join(project, 'node_modules/@visavis/worker/dist', folder), path.join(root, 'dist', folder), {
        recursive: true,
      })
    }
    expect(await search(path.join(root, 'dist'))).toEqual(works)
  })

  it('as a plain module from a static server', async () => {
    const root = await newApp('static', { 'index.html': page('/main.js'), 'main.js': app('/visavis/standalone.js') })
    await cp(path.join(project, 'node_modules/@visavis/worker/dist'), path.join(root, 'visavis'), { recursive: true })
    expect(await search(root)).toEqual(works)
  })

  it('built and served by Next', async () => {
    const root = await newApp('next', {
      'package.json': '{ "type": "module", "private": true }',
      'next.config.js': `export default { turbopack: { root: ${JSON.stringify(path.resolve(import.meta.dirname, '../..'))} } }`,
      'app/layout.js': `export default ({ children }) => <html><body>{children}</body></html>`,
      'app/find.js': app('@visavis/worker'),
      'app/page.js': `'use client'\nimport './find.js'\nexport default () => <p>Ready</p>`,
    })
    await next(root, 'build')
    const server = startNext(root, 'start', '--port', '0')
    const ended = once(server, 'exit')
    try {
      expect(await searchAt(await addressOf(server))).toEqual(works)
    } finally {
      server.kill()
      await ended
    }
  })

  it('in Node', async () => {
    const script = `${app('@visavis/worker')}
      process.stdout.write(JSON.stringify(await find(${JSON.stringify(pictures)})))`
    const file = path.join(await newApp('node', { 'main.js': script }), 'main.js')
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
    const output: string[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => output.push(String(text)))
    await once(child, 'exit')
    expect(output.join('')).toBe('["ada",""]')
  })
})

it('costs the main thread less than 12 kB of code, compressed', async () => {
  const root = await newApp('size', {
    'main.js': `import { isVisavisError } from '@visavis/core'
      import { createWorkerMatcher } from '@visavis/worker'
      globalThis.app = [createWorkerMatcher, isVisavisError]`,
  })
  const { outputFiles } = await esbuild({
    entryPoints: [path.join(root, 'main.js')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  })
  expect(outputFiles).toHaveLength(1)
  expect(gzipSync(outputFiles[0]?.contents ?? '').byteLength).toBeLessThan(12_000)
})

async function crop({ x, y, size }: CropOptions, wider: number): Promise<string> {
  const side = Math.round(size * wider)
  const bytes = await sharp(photoPath(6))
    .extract({ left: Math.round(x - side / 2), top: Math.round(y - side / 2), width: side, height: side })
    .resize(120)
    .jpeg()
    .toBuffer()
  return bytes.toString('base64')
}

async function newApp(name: string, files: Record<string, string>): Promise<string> {
  const root = path.join(project, name)
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true })
    await writeFile(path.join(root, file), text)
  }
  return root
}

function page(script: string): string {
  return `<!doctype html><title>visavis</title><script type="module" src="${script}"></script>`
}

/** Under the strictest Content-Security-Policy that recognition can do with. */
async function search(folder: string): Promise<Outcome> {
  const server = await serveFolder(folder)
  try {
    return await searchAt(server.url)
  } finally {
    await server.close()
  }
}

async function searchAt(url: string): Promise<Outcome> {
  const context = await browser.newContext()
  const problems: string[] = []
  context.on('weberror', (error) => problems.push(error.error().message))
  context.on('console', (message) => {
    // Which file could not be had stands with its response.
    const isLoading = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isLoading) problems.push(message.text())
  })
  context.on('response', (response) => {
    if (!response.ok() && !response.url().endsWith('/favicon.ico')) {
      problems.push(`${response.status()} ${response.url()}`)
    }
  })
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== new URL(url).origin) problems.push(`asked for ${request.url()}`)
  })
  try {
    const opened = await context.newPage()
    await opened.goto(url)
    await opened.waitForFunction(() => 'find' in globalThis)
    const found = await opened.evaluate((given) => (globalThis as unknown as App).find(given), pictures)
    return { found, problems }
  } finally {
    await context.close()
  }
}

function startNext(root: string, ...args: string[]): ChildProcess {
  const cli = path.join(path.dirname(require.resolve('next/package.json')), 'dist/bin/next')
  return spawn(process.execPath, [cli, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', NEXT_TELEMETRY_DISABLED: '1' },
  })
}

async function next(root: string, ...args: string[]): Promise<void> {
  const child = startNext(root, ...args)
  const output: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => output.push(String(text)))
  const [code] = (await once(child, 'exit')) as [number]
  if (code !== 0) throw new Error(`next ${args.join(' ')} ended with ${code}:\n${output.join('')}`)
}

/** The address that the server prints when it listens. */
function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    server.once('exit', () => reject(new Error(`The server ended:\n${output}`)))
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on('data', (text) => {
        output += String(text)
        const address = /http:\/\/localhost:\d+/.exec(output)
        if (address !== null) resolve(`${address[0]}/`)
      })
    }
  })
}
