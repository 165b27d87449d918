import { expect, it } from 'vitest'
import { quickRun } from '../testing/quick-run.ts'

it('answers every metric of the contract from what the packages bring', { timeout: 180_000 }, () => {
  const metrics = quickRun('server')
  expect(Object.keys(metrics).sort()).toEqual([
    'server.health_p99_ms',
    'server.heap_growth_bytes',
    'server.over_in_process',
    'server.p50_ms',
    'server.p99_ms',
    'server.searches_per_s',
    'server.shed_recovers',
  ])
  // Times are not checked: the machine may have other load.
  expect(metrics['server.shed_recovers']).toBe(1)
})
