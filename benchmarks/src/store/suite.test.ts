import { expect, it } from 'vitest'
import { quickRun } from '../testing/quick-run.ts'

it('answers every metric of the contract from what the packages bring', { timeout: 180_000 }, () => {
  const metrics = quickRun('store')
  expect(Object.keys(metrics).sort()).toEqual([
    'store.bytes_per_person',
    'store.encrypted_over_plain',
    'store.enroll_per_s',
    'store.open_100000_s',
  ])
  // Times are not checked: the machine may have other load.
})
