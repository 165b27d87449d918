import { createWorkerMatcher } from '@visavis/worker'
import { describeWorkerRecords } from '../contracts/worker-records.ts'
import { loadPhoto } from '../support/photo-browser.ts'
import { connectInPage } from '../support/service-browser.ts'
import { startWorker } from '../support/worker-browser.ts'

let databases = 0

describeWorkerRecords('createWorkerMatcher in a page', {
  create: createWorkerMatcher,
  startWorker,
  durableStore: () => ({ kind: 'indexeddb', name: `worker-records-${Date.now()}-${databases++}` }),
  loadPhoto,
  connect: connectInPage,
})
