import { serveMatcher } from '@visavis/worker/serve'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { describeOwnWorker } from './contracts/own-worker.ts'
import { startWorker } from './support/worker-node.ts'

const startOwnWorker = (): Worker => new Worker(new URL('support/own-worker.ts', import.meta.url))

describeOwnWorker('in Node', { startOwnWorker, startWorker })

it('says that it is no worker where serveMatcher is called elsewhere', () => {
  // Tests run in workers of their own, so what makes this one a worker is taken away for a moment.
  const { getBuiltinModule } = process
  process.getBuiltinModule = (() => undefined) as never
  try {
    expect(() => serveMatcher({ open: () => Promise.reject(new Error('not opened')) })).toThrow(
      expect.objectContaining({ code: 'worker_load_failed' }),
    )
  } finally {
    process.getBuiltinModule = getBuiltinModule
  }
})
