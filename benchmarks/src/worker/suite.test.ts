import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('answers every metric of the contract from what the packages bring', { timeout: 300_000 }, () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=visavis-source', main, 'worker', '--quick', '--json', '-'],
    { encoding: 'utf8' },
  )
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  const { suite, metrics, missing } = JSON.parse(stdout) as {
    suite: string
    metrics: Record<string, number>
    missing: Record<string, string>
  }
  expect(suite).toBe('worker')
  expect(missing).toEqual({})
  // Times are not checked: the machine may have other load.
  expect(Object.keys(metrics).sort()).toEqual([
    'worker.cold_start_ms',
    'worker.download_bytes',
    'worker.heap_growth_bytes',
    'worker.longest_main_task_ms',
    'worker.lost_frames',
    'worker.overhead.p50_ms',
    'worker.pool_speedup',
    'worker.warm_start_ms',
  ])
  expect(metrics['worker.download_bytes']).toBeLessThan(8_500_000)
})
