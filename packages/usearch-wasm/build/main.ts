/**
 * Compiles `native/*.cpp`, with the headers of the npm package usearch as they are, to `assets/usearch.wasm`. Takes
 * most of a minute, and does nothing where nothing changed since the last build.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { commands, Exit, runLLVM, type OutputStream, type Tree } from '@yowasp/clang'

const root = path.resolve(import.meta.dirname, '..')
const assetsFolder = path.join(root, 'assets')
const nativeFolder = path.join(root, 'native')
// By path: neither package exports these files.
const headersFolder = path.join(root, 'node_modules/usearch/include/usearch')
const compilerManifest = path.join(root, 'node_modules/@yowasp/clang/package.json')

/** What the module may weigh on the wire. */
const mostGzippedBytes = 65_000

const flags = [
  ...['--target=wasm32-wasip1', '-O3', '-DNDEBUG', '-std=c++17', '-msimd128', '-fno-exceptions', '-fno-rtti'],
  ...['-Wall', '-Wextra', '-Werror', '-isystem', 'include', '-D_WASI_EMULATED_MMAN'],
  // A call of these exports is the only way in: no main function, no start but `_initialize`.
  ...['-mexec-model=reactor', '-lwasi-emulated-mman', '-Wl,--strip-all', '-Wl,--gc-sections'],
  // The memory is made outside, so that an index can be given a limit; src/module.ts knows the first size.
  ...['-Wl,--import-memory', '-Wl,--initial-memory=1048576', '-Wl,--max-memory=4294967296', '-Wl,-z,stack-size=262144'],
]

await main()

async function main(): Promise<void> {
  const stampFile = path.join(assetsFolder, '.inputs')
  const stamp = await hashOfInputs()
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp) {
    console.log('usearch-wasm: up to date')
    return
  }
  const wasm = await compile()
  const gzipped = gzipSync(wasm, { level: 9 }).byteLength
  if (gzipped > mostGzippedBytes) {
    throw new Error(`usearch.wasm has ${gzipped} bytes gzipped, at most ${mostGzippedBytes} are promised`)
  }
  const partial = `${assetsFolder}.partial`
  await rm(partial, { recursive: true, force: true })
  await mkdir(partial, { recursive: true })
  await writeFile(path.join(partial, 'usearch.wasm'), wasm)
  await rm(assetsFolder, { recursive: true, force: true })
  await rename(partial, assetsFolder)
  // Written last, so that a build cut off in the middle is not taken for a finished one.
  await writeFile(stampFile, stamp)
  console.log(
    `usearch-wasm: ${wasm.byteLength} bytes, ${gzipped} gzipped, in ${path.relative(process.cwd(), assetsFolder)}`,
  )
}

async function compile(): Promise<Uint8Array> {
  const native = await readTree(nativeFolder)
  const sources = Object.keys(native).filter((name) => name.endsWith('.cpp'))
  const messages: Uint8Array[] = []
  // Loads the compiler, which otherwise tells the standard output how far it has come.
  await runLLVM(undefined, {}, { fetchProgress: () => {} })
  const tree = { ...native, include: { usearch: await readTree(headersFolder) } }
  const files = await runCompiler(sources, tree, (bytes) => void (bytes !== null && messages.push(bytes)))
  const wasm = files?.['usearch.wasm']
  if (!(wasm instanceof Uint8Array)) throw new Error(`clang++ failed:\n${Buffer.concat(messages).toString()}`)
  return wasm
}

/** Nothing where it failed. */
async function runCompiler(sources: string[], tree: Tree, stderr: OutputStream): Promise<Tree | undefined> {
  try {
    return await commands['clang++']([...flags, ...sources, '-o', 'usearch.wasm'], tree, { stderr })
  } catch (error) {
    if (error instanceof Exit) return undefined
    throw error
  }
}

async function hashOfInputs(): Promise<string> {
  const hash = createHash('sha256')
  for (const folder of [nativeFolder, headersFolder, import.meta.dirname]) {
    for (const [name, bytes] of Object.entries(await readTree(folder))) hash.update(name).update(bytes as Uint8Array)
  }
  // The flags are in this file; the compiler is too large to be hashed at every start.
  return hash.update(await readFile(compilerManifest)).digest('hex')
}

/** The files of a folder, in the order of their names. */
async function readTree(folder: string): Promise<Tree> {
  const names = (await readdir(folder)).sort()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(path.join(folder, name))] as const)),
  )
}
