import { describeOwnWorker } from '../contracts/own-worker.ts'
import { startWorker } from '../support/worker-browser.ts'

describeOwnWorker('in a page', {
  startOwnWorker: () => new Worker(new URL('../support/own-worker.ts', import.meta.url), { type: 'module' }),
  startWorker,
})
