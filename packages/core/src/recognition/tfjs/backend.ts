import * as tf from '@tensorflow/tfjs-core'
import { wasmBackend } from '@visavis/models'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { VisavisError } from '../../errors.ts'

let ready: Promise<void> | undefined

/**
 * Makes TensorFlow.js's WebAssembly backend the current one, from bytes that were already fetched and checked.
 * TensorFlow.js has one backend a realm, so the first call decides; a failed one is forgotten.
 *
 * @throws VisavisError `model_load_failed` where WebAssembly or its SIMD instructions are not to be had.
 */
export function startBackend(loadWasm: () => Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
  ready ??= start(loadWasm).catch((error: unknown) => {
    ready = undefined
    throw error
  })
  return ready
}

async function start(loadWasm: () => Promise<Uint8Array<ArrayBuffer>>): Promise<void> {
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) {
    throw new VisavisError(
      'model_load_failed',
      'This runtime has no WebAssembly SIMD, which recognition needs; use a browser or a Node from 2021 or later.',
    )
  }
  const bytes = await loadWasm()
  await compiles(bytes)
  // One thread: threads want SharedArrayBuffer, and with it headers that most pages do not send.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
  const listeners = processListeners()
  const { platform } = tf.env()
  try {
    // The backend takes a path and a fetch function, not bytes: it is given a fetch function that has the bytes. What
    // else the app may fetch through TensorFlow.js meanwhile goes its usual way.
    setWasmPaths('', true)
    const fetchBytes: typeof platform.fetch = (path, init) =>
      path === wasmBackend.name ? Promise.resolve(new Response(bytes)) : platform.fetch(path, init)
    tf.env().platform = Object.create(platform, { fetch: { value: fetchBytes } }) as typeof platform
    if (!(await tf.setBackend('wasm'))) {
      throw new VisavisError('model_load_failed', 'The WebAssembly backend of TensorFlow.js did not start.')
    }
    await tf.ready()
  } finally {
    tf.env().platform = platform
    removeNewListeners(listeners)
  }
}

/** Compiled here first because the backend never answers when the compiler refuses. */
async function compiles(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  try {
    await WebAssembly.compile(bytes)
  } catch (cause) {
    throw new VisavisError(
      'model_load_failed',
      "WebAssembly could not be compiled; a page with a Content-Security-Policy needs 'wasm-unsafe-eval' in script-src.",
      { cause },
    )
  }
}

type Listener = (...args: unknown[]) => void
const processEvents = ['uncaughtException', 'unhandledRejection'] as const

interface ListeningProcess {
  listeners(event: string): Listener[]
  removeListener(event: string, listener: Listener): void
}

function nodeProcess(): ListeningProcess | undefined {
  const { process } = globalThis as { process?: Partial<ListeningProcess> }
  return typeof process?.listeners === 'function' && typeof process.removeListener === 'function'
    ? (process as ListeningProcess)
    : undefined
}

function processListeners(): Map<string, Set<Listener>> {
  return new Map(processEvents.map((event) => [event, new Set(nodeProcess()?.listeners(event))]))
}

/** The loader's handlers do nothing but throw what they are given; the app may add others of its own meanwhile. */
function isLoaders(listener: Listener): boolean {
  const code = String(listener).replaceAll(/\s/g, '')
  return /^function\((\w+)\)\{(?:if\(!\(\1instanceof[\w$]+\)\)\{?)?throw\1;?\}*$/.test(code)
}

/** In Node the backend's loader installs handlers that would end the app's process on any unhandled rejection. */
function removeNewListeners(before: Map<string, Set<Listener>>): void {
  const process = nodeProcess()
  for (const [event, known] of before) {
    for (const listener of process?.listeners(event) ?? []) {
      if (!known.has(listener) && isLoaders(listener)) process?.removeListener(event, listener)
    }
  }
}
