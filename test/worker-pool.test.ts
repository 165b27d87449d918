import type { Worker } from 'node:worker_threads'
import { createRecognizerPool } from '@visavis/worker'
import { expect, it } from 'vitest'
import { describeRecognizerPool } from './contracts/recognizer-pool.ts'
import { people } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut, type CropOptions } from './support/photo.ts'
import { startWorker } from './support/worker-node.ts'

describeRecognizerPool('createRecognizerPool in Node', { startWorker, loadPhoto })

it('gives a picture up that two workers die of, and goes on', async () => {
  const workers: Worker[] = []
  const worker = (): Worker => {
    workers.push(startWorker())
    return workers.at(-1) as Worker
  }
  const pool = await createRecognizerPool({ size: 2, worker })
  const picture = { ...cut(await loadPhoto(6), people['Ada'] as CropOptions), channels: 4 } as const
  const ask = { mode: 'FAST', purpose: 'search' } as const
  const killing = setInterval(() => {
    for (const one of workers.splice(0)) void one.terminate()
  }, 1)
  await expect(pool.recognize(picture, ask)).rejects.toMatchObject({
    code: expect.stringMatching(/^worker_(crashed|load_failed)$/),
  })
  clearInterval(killing)
  expect((await pool.recognize(picture, ask)).template).toHaveLength(pool.model.dimensions)
  await pool.close()
})
