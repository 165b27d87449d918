import { createWorkerMatcher } from '@visavis/worker'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeFaceMatcher } from './contracts/face-matcher.ts'
import { describeWorkerMatcher } from './contracts/worker-matcher.ts'
import { people } from './support/people.ts'
import { loadPhoto } from './support/photo-node.ts'
import { cut, type CropOptions } from './support/photo.ts'
import { runModule } from './support/run-module.ts'
import { startWorker } from './support/worker-node.ts'

let folder: string
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'visavis-worker-'))
})
afterAll(() => rm(folder, { recursive: true }))

describeFaceMatcher('the matcher in a worker thread', {
  create: () => createWorkerMatcher({ keepInputs: true }),
  loadPhoto,
})

describeWorkerMatcher('createWorkerMatcher in Node', {
  create: createWorkerMatcher,
  startWorker,
  durableStore: () => ({ kind: 'sqlite', path: path.join(folder, `${files++}.db`) }),
  exclusively: (store) => store,
  loadPhoto,
})

it('takes pictures in memory that threads share, and leaves it alone', async () => {
  const crop = cut(await loadPhoto(6), people['Ada'] as CropOptions)
  const shared = new Uint8Array(new SharedArrayBuffer(crop.data.length))
  shared.set(crop.data)
  await using matcher = await createWorkerMatcher()
  await matcher.persons.create({ id: 'Ada', name: 'Ada', images: [{ ...crop, data: shared }] })
  expect(shared).toEqual(new Uint8Array(crop.data))
  const { candidates } = await matcher.search({ ...crop, data: shared }, { minScore: 0.9, mode: 'FAST' })
  expect(candidates.map(({ id }) => id)).toEqual(['Ada'])
})

describe('a process with a worker', () => {
  it('ends by itself when nothing is left to do, closed or not', async () => {
    const script = `
      import { createWorkerMatcher } from '@visavis/worker'
      const matcher = await createWorkerMatcher()
      console.log((await matcher.persons.list()).total)`
    const { stdout, stderr } = await runModule(script)
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' })
  })
})
