import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

const file = createRequire(import.meta.url).resolve('@visavis/worker/worker/node.js')

/** The package's worker, started by the process itself. */
export function startWorker(): Worker {
  return new Worker(file)
}
