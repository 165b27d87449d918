import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('answers every metric of the contract from what the packages bring', { timeout: 180_000 }, () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=visavis-source', main, 'sync', '--quick', '--json', '-'],
    { encoding: 'utf8' },
  )
  expect(status === 0 ? '' : stderr).toBe('')
  const { suite, metrics, missing } = JSON.parse(stdout) as {
    suite: string
    metrics: Record<string, number>
    missing: Record<string, string>
  }
  expect(suite).toBe('sync')
  expect(missing).toEqual({})
  expect(Object.keys(metrics).sort()).toEqual([
    'sync.efficiency',
    'sync.no_change_s',
    'sync.people_per_s',
    'sync.resume_lost_people',
  ])
  // Nothing is said about times: the machine has other things to do.
  expect(metrics['sync.resume_lost_people']).toBe(0)
})
