import { createWorkerMatcher } from '@visavis/worker'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { describeWorkerRecords } from './contracts/worker-records.ts'
import { loadPhoto } from './support/photo-node.ts'
import { setUpClients } from './support/verifik-client.ts'
import { startWorker } from './support/worker-node.ts'

let folder: string
let files = 0
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'visavis-worker-records-'))
})
afterAll(() => rm(folder, { recursive: true }))

const setup = setUpClients()

describeWorkerRecords('createWorkerMatcher in Node', {
  create: createWorkerMatcher,
  startWorker,
  durableStore: () => ({ kind: 'sqlite', path: path.join(folder, `${files++}.db`) }),
  loadPhoto,
  connect: (service) => {
    setup.session.otherwise = service.answer
    return setup.connect()
  },
})
