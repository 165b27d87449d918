import type { Worker } from 'node:worker_threads'
import { isWorkerLike, nameOf, type WorkerHandle, type WorkerSource } from './page/worker-handle.ts'

const here = import.meta.url
/** Beside this file, in sources and as built. Not written as bundlers look for it: it is not for browsers. */
const file = here.endsWith('.ts') ? 'worker/node.ts' : 'worker/node.js'

/** Node takes these only with a program given as text, and refuses to start a worker that inherits them. */
const notInherited = /^(--input-type|--eval|-e|--print|-p)\b/

/** One of Node's worker threads. */
export function nodeWorker(source: WorkerSource | undefined): WorkerHandle {
  const url = source === undefined ? new URL(file, here) : source
  const worker = start(url)
  let ended = false
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      ended = true
      resolve()
    })
  })
  return {
    origin: nameOf(url),
    post: (message, transfer) => worker.postMessage(message, transfer as never),
    onDeath: (listener) => {
      worker.once('error', listener)
      worker.once('messageerror', listener)
      worker.once('exit', (code) => listener(new Error(`exit code ${code}`)))
    },
    watch: () => undefined,
    hold: (held) => {
      if (!ended) worker[held ? 'ref' : 'unref']()
    },
    terminate: async () => {
      await worker.terminate()
      await exited
    },
  }
}

function start(source: WorkerSource): Worker {
  if (typeof source === 'function') return source() as Worker
  if (isWorkerLike(source)) return source as Worker
  // Asked of the runtime instead of imported, so that bundlers for browsers find no Node module to resolve.
  const threads = globalThis.process.getBuiltinModule('node:worker_threads')
  const execArgv = process.execArgv.filter((argument) => !notInherited.test(argument))
  return new threads.Worker(new URL(source), { name: 'visavis', execArgv })
}
