import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('answers every metric of the contract from what the packages bring', { timeout: 180_000 }, () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=visavis-source', main, 'store', '--quick', '--json', '-'],
    { encoding: 'utf8' },
  )
  expect(status === 0 ? '' : stderr).toBe('')
  const { suite, metrics, missing } = JSON.parse(stdout) as {
    suite: string
    metrics: Record<string, number>
    missing: Record<string, string>
  }
  expect(suite).toBe('store')
  expect(missing).toEqual({})
  expect(Object.keys(metrics).sort()).toEqual([
    'store.bytes_per_person',
    'store.encrypted_over_plain',
    'store.enroll_per_s',
    'store.open_100000_s',
  ])
  // Nothing is said about times: the machine has other things to do.
})
