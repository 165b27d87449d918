import { isWorkerLike, nameOf, type WorkerHandle, type WorkerSource } from './page/worker-handle.ts'

/** How long a browser may take to end a worker, milliseconds. */
const endingTime = 5000

/** A Web Worker. */
export function webWorker(source: WorkerSource | undefined): WorkerHandle {
  const worker = start(source)
  const lock = newLockName()
  const watching = new AbortController()
  const listeners: ((cause: unknown) => void)[] = []
  const die = (cause: unknown): void => {
    for (const listener of listeners) listener(cause)
  }
  worker.addEventListener('error', (event) => {
    // Handled here; the page's own handlers do not get it.
    event.preventDefault()
    die(event.error ?? (event.message ? new Error(event.message) : undefined))
  })
  worker.addEventListener('messageerror', () => die(new Error('a message could not be read')))
  return {
    origin: source === undefined ? 'worker/browser.js of @visavis/worker' : nameOf(source),
    lock,
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    onDeath: (listener) => listeners.push(listener),
    watch: () => {
      granted(lock, watching.signal).then(
        () => die(new Error('it was ended')),
        () => undefined,
      )
    },
    hold: () => undefined,
    terminate: async () => {
      watching.abort()
      worker.terminate()
      // What the worker held, such as a database, is free when its lock is.
      await granted(lock, AbortSignal.timeout(endingTime)).catch(() => undefined)
    },
  }
}

function start(source: WorkerSource | undefined): Worker {
  if (source === undefined) {
    // Written out in one piece, which is what bundlers look for.
    return new Worker(new URL('./worker/browser.js', import.meta.url), { type: 'module', name: 'visavis' })
  }
  if (typeof source === 'function') return source() as Worker
  if (isWorkerLike(source)) return source as Worker
  return new Worker(source, { type: 'module', name: 'visavis' })
}

function newLockName(): string {
  const random = crypto.getRandomValues(new Uint32Array(4))
  return `visavis-worker-${Array.from(random, (part) => part.toString(36)).join('')}`
}

/** Resolves when the lock is free. */
async function granted(lock: string, signal: AbortSignal): Promise<void> {
  // Missing outside of secure contexts; then only its errors tell that a worker died.
  const { locks } = navigator as Partial<Navigator>
  if (locks === undefined) throw new Error('no locks')
  await locks.request(lock, { signal }, () => undefined)
}
