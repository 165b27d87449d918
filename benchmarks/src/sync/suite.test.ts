import { expect, it } from 'vitest'
import { quickRun } from '../testing/quick-run.ts'

it('answers every metric of the contract from what the packages bring', { timeout: 180_000 }, () => {
  const metrics = quickRun('sync')
  expect(Object.keys(metrics).sort()).toEqual([
    'sync.efficiency',
    'sync.no_change_s',
    'sync.people_per_s',
    'sync.resume_lost_people',
  ])
  // Times are not checked: the machine may have other load.
  expect(metrics['sync.resume_lost_people']).toBe(0)
})
