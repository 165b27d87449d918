/** The package's worker, started by the page itself. */
export function startWorker(): Worker {
  return new Worker(new URL('../../packages/worker/src/worker/browser.ts', import.meta.url), { type: 'module' })
}
