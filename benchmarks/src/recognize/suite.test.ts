import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('answers every metric of the contract from what the packages bring', { timeout: 180_000 }, () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=visavis-source', main, 'recognize', '--quick', '--json', '-'],
    { encoding: 'utf8' },
  )
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
  const { suite, environment, metrics, missing } = JSON.parse(stdout) as {
    suite: string
    environment: { node: string }
    metrics: Record<string, number>
    missing: Record<string, string>
  }
  expect(suite).toBe('recognize')
  expect(environment.node).toBe(process.version)
  expect(missing).toEqual({})
  expect(Object.keys(metrics).sort()).toEqual([
    'recognize.accurate.over_dlib',
    'recognize.accurate.p50_ms',
    'recognize.cold_ms',
    'recognize.dlib.p50_ms',
    'recognize.embedder.p50_ms',
    'recognize.fast.p50_ms',
    'recognize.heap_growth_bytes',
    'recognize.over_dlib',
    'recognize.rival.face-api.p50_ms',
    'recognize.rival.human.p50_ms',
    'recognize.speedup_over_best_rival',
    'recognize.tensor_growth',
    'recognize.waste',
  ])
  // Times are not checked: the machine may have other load.
  expect(metrics['recognize.tensor_growth']).toBe(0)
  expect(metrics['recognize.heap_growth_bytes']).toBe(0)
})
