import { recipes } from '@visavis/models/convert'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { createRequire } from 'node:module'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { optInAssets } from '../packages/models/src/opt-in-assets.ts'
import { packProject } from './support/packed-project.ts'

const run = promisify(execFile)
const require = createRequire(import.meta.url)
const root = path.resolve(import.meta.dirname, '..')

/** An empty project that depends on the packages as they would be published. */
let project: string

beforeAll(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'visavis-packages-'))
  await packProject(project, ['models', 'usearch-wasm', 'core'])
  // The README has it installed, too; here it is in the workspace already.
  const sampler = path.dirname(path.dirname(require.resolve('@vladmandic/face-api/demo/sample6.jpg')))
  const target = path.join(project, 'node_modules/@vladmandic/face-api/demo')
  await cp(path.join(sampler, 'demo/sample6.jpg'), path.join(target, 'sample6.jpg'))
}, 300_000)

afterAll(() => rm(project, { recursive: true, force: true }))

describe('the packages as published', () => {
  it('run the first program of the README, which prints what the README says', async () => {
    const readme = await readFile(path.join(root, 'README.md'), 'utf8')
    const [, program] = /```js\n(.*?)```/s.exec(readme) as unknown as [string, string]
    const [, output] = /```text\n(.*?)```/s.exec(readme) as unknown as [string, string]
    await writeFile(path.join(project, 'first.js'), program)
    const { stdout, stderr } = await run(process.execPath, ['first.js'], { cwd: project })
    expect(stdout).toBe(output)
    expect(stderr).toBe('')
  })

  it('keep people in a file from one process to the next', async () => {
    const program = `
      import { createMatcher } from '@visavis/core'
      import { sqliteStore } from '@visavis/core/sqlite'
      import { createRecognizer } from '@visavis/core/tfjs'
      const store = await sqliteStore({ path: 'people.db' })
      const matcher = await createMatcher({ recognizer: await createRecognizer(), store })
      if (process.argv[2] === 'enroll') await matcher.collections.create({ name: 'Staff' })
      console.log((await matcher.collections.list()).map(({ name }) => name).join())
      await matcher.close()`
    await writeFile(path.join(project, 'keep.js'), program)
    const node = (...args: string[]): Promise<{ stdout: string }> =>
      run(process.execPath, ['--disable-warning=ExperimentalWarning', 'keep.js', ...args], { cwd: project })
    expect((await node('enroll')).stdout).toBe('Staff\n')
    expect((await node()).stdout).toBe('Staff\n')
  })

  it('carry no TensorFlow.js where only the contract is imported', async () => {
    const program = `
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
      await import('@visavis/core')
      console.log(loaded.filter((url) => /tensorflow|sharp|sqlite/.test(url)).length, loaded.length > 0)`
    await writeFile(path.join(project, 'contract.js'), program)
    expect((await run(process.execPath, ['contract.js'], { cwd: project })).stdout).toBe('0 true\n')
  })

  it('have types that a strict project compiles against', async () => {
    const program = `
      import { createMatcher, isVisavisError, type Candidate, type FaceMatcher } from '@visavis/core'
      import { sqliteStore } from '@visavis/core/sqlite'
      import { createRecognizer } from '@visavis/core/tfjs'
      export async function find(crop: Uint8Array, path: string): Promise<Candidate[]> {
        const matcher: FaceMatcher = await createMatcher({ recognizer: await createRecognizer(), store: await sqliteStore({ path }) })
        try {
          return (await matcher.search(crop, { minScore: 0.8, mode: 'FAST' })).candidates
        } catch (error) {
          if (isVisavisError(error, 'no_face')) return []
          throw error
        }
      }
      // @ts-expect-error: a mode is one of two words
      export const wrong = (matcher: FaceMatcher): unknown => matcher.search(new Uint8Array(0), { minScore: 1, mode: 'SLOW' })`
    await writeFile(path.join(project, 'types.ts'), program)
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
    for (const module of ['nodenext', 'preserve']) {
      const options = [
        '--strict',
        '--noEmit',
        '--target',
        'es2023',
        '--module',
        module,
        '--lib',
        'es2023,esnext.disposable,dom',
        '--types',
        '',
      ]
      const { stdout } = await run(process.execPath, [tsc, ...options, 'types.ts'], { cwd: project }).catch(
        (error: { stdout: string }) => error,
      )
      expect(stdout).toBe('')
    }
  })

  it('cost a browser less than 9 MB, code, WebAssembly and weights in all, uncompressed', async () => {
    const app = path.join(project, 'app')
    await mkdir(app)
    await writeFile(path.join(app, 'index.html'), '<script type="module" src="./main.js"></script>')
    await writeFile(
      path.join(app, 'main.js'),
      `import { createMatcher } from '@visavis/core'
       import { createRecognizer } from '@visavis/core/tfjs'
       globalThis.matcher = await createMatcher({ recognizer: await createRecognizer() })`,
    )
    await build({
      root: app,
      configFile: false,
      logLevel: 'error',
      build: { target: 'es2023', chunkSizeWarningLimit: 1000 },
    })
    const sizes = new Map<string, number>()
    for (const file of await readdir(path.join(app, 'dist/assets'))) {
      sizes.set(file, (await stat(path.join(app, 'dist/assets', file))).size)
    }
    // Three networks of two files each, the backend and the index: the bundler has found them all by itself.
    expect([...sizes.keys()].filter((file) => /\.(bin|json|wasm)$/.test(file))).toHaveLength(8)
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(9_000_000)
  })

  it('carry no network whose papers are not clear enough to ship it', { timeout: 600_000 }, async () => {
    const forbidden = new Set(
      Object.entries(optInAssets).flatMap(([name, { sha256 }]) => (name.startsWith('hse-faceres') ? [] : [sha256])),
    )
    expect(forbidden.size).toBe(4)
    for (const name of Object.keys(recipes)) {
      if (name !== 'hse-faceres')
        for (const { sha256 } of recipes[name as keyof typeof recipes].inputs) forbidden.add(sha256)
    }
    const names = (await readdir(path.join(root, 'packages'))).sort()
    expect(names).toContain('models-faceres')
    for (const name of names) {
      const folder = path.join(root, 'packages', name)
      const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        cwd: folder,
        maxBuffer: 2 ** 26,
      })
      const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }]
      expect(files.length).toBeGreaterThan(0)
      for (const file of files) {
        const bytes = await readFile(path.join(folder, file.path))
        const hash = createHash('sha256').update(bytes).digest('hex')
        expect({ name, file: file.path, isForbidden: forbidden.has(hash) }).toMatchObject({ isForbidden: false })
      }
    }
  })

  it('bring their licences', async () => {
    for (const name of ['core', 'models']) {
      const folder = path.join(project, 'node_modules/@visavis', name)
      expect(await readFile(path.join(folder, 'LICENSE'), 'utf8')).toContain('Apache License')
      expect(await readFile(path.join(folder, 'dist/NOTICE'), 'utf8')).toContain('MediaPipe')
    }
  })
})
