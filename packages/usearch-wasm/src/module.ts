import { UsearchError } from './usearch-error.ts'

/** Where the WebAssembly module is: a URL (relative ones against the page), a response, its bytes, or the module. */
export type ModuleSource = URL | string | Response | BufferSource | WebAssembly.Module

/** A running copy of the module, with a memory of its own that goes when it goes. */
export interface Instance<Exports> {
  readonly exports: Exports
  /** Grows; views of its buffer are to be made anew after each call. */
  readonly memory: WebAssembly.Memory
}

export interface InstanceOptions {
  /** The most memory that the instance may take, 1 MiB to 4 GiB. @default 4 GiB */
  maximumBytes?: number
  /** Puts the next `length` bytes of the file that is being loaded to `address` of the memory. */
  pull?: (address: number, length: number) => void
  /** Takes the next `length` bytes of the file that is being saved from `address` of the memory. */
  push?: (address: number, length: number) => void
}

const pageBytes = 65_536
/** What build/main.ts says the memory starts with. */
const initialPages = 16
const mostPages = 65_536

/** WASI's number for a system call that is not there. */
const noSuchCall = 52

/** This package's own file, which bundlers find by this very line. */
const ownModule = new URL('../assets/usearch.wasm', import.meta.url)

let ownModuleLoading: Promise<WebAssembly.Module> | undefined

/**
 * Compiles the WebAssembly module, which any number of indexes can share. The package's own file is loaded once; a
 * failed load is tried again by the next call.
 *
 * @param source @default the file that comes with the package
 * @throws UsearchError `load_failed`
 */
export function loadUsearch(source?: ModuleSource): Promise<WebAssembly.Module> {
  if (source !== undefined) return load(source)
  ownModuleLoading ??= load(ownModule).catch((error: unknown) => {
    ownModuleLoading = undefined
    throw error
  })
  return ownModuleLoading
}

/** Starts a copy of the module. @throws UsearchError `out_of_memory`, `load_failed` */
export async function instantiate<Exports>(
  module: WebAssembly.Module,
  { maximumBytes = mostPages * pageBytes, pull = () => {}, push = () => {} }: InstanceOptions = {},
): Promise<Instance<Exports>> {
  let memory: WebAssembly.Memory
  try {
    memory = new WebAssembly.Memory({ initial: initialPages, maximum: Math.floor(maximumBytes / pageBytes) })
  } catch (cause) {
    throw new UsearchError('out_of_memory', 'There is no memory left for another index; dispose of one.', { cause })
  }
  try {
    const instance = await WebAssembly.instantiate(module, {
      env: { memory },
      usearch: { pull, push },
      ...systemCalls(module),
    })
    const { _initialize: initialize } = instance.exports
    if (typeof initialize === 'function') initialize()
    return { exports: instance.exports as Exports, memory }
  } catch (cause) {
    throw failed('the module', cause)
  }
}

async function load(source: ModuleSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source
  try {
    return await WebAssembly.compile(await bytesOf(source as string | URL | Response | BufferSource))
  } catch (cause) {
    throw failed(typeof source === 'string' || source instanceof URL ? String(source) : 'the bytes passed', cause)
  }
}

async function bytesOf(source: URL | string | Response | BufferSource): Promise<BufferSource> {
  if (source instanceof Response) return await bodyOf(source)
  if (typeof source !== 'string' && !(source instanceof URL)) return source
  const url = new URL(source, globalThis.location?.href)
  if (url.protocol !== 'file:') return await bodyOf(await fetch(url))
  // Asked of the runtime instead of imported, so that bundlers for browsers find no Node module to resolve.
  const fs = globalThis.process.getBuiltinModule('node:fs/promises')
  return new Uint8Array(await fs.readFile(url))
}

async function bodyOf(response: Response): Promise<ArrayBuffer> {
  if (!response.ok) throw new Error(`HTTP status ${response.status}`)
  return await response.arrayBuffer()
}

/** The C library asks for files and the like, which nothing here uses. */
function systemCalls(module: WebAssembly.Module): WebAssembly.Imports {
  const imports: WebAssembly.Imports = {}
  for (const wanted of WebAssembly.Module.imports(module)) {
    if (wanted.module.startsWith('wasi')) (imports[wanted.module] ??= {})[wanted.name] = () => noSuchCall
  }
  return imports
}

function failed(what: string, cause: unknown): UsearchError {
  const reason = cause instanceof Error ? cause.message : 'unknown reason'
  return new UsearchError(
    'load_failed',
    `usearch.wasm could not be loaded from ${what} (${reason}); check that the file is served whole, that the browser has WebAssembly SIMD, and that the page's Content-Security-Policy has 'wasm-unsafe-eval'.`,
    { cause },
  )
}
