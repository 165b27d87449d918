import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

/** What a suite measures when it is run quickly, as a process of its own; everything must have been measurable. */
export function quickRun(suite: string): Record<string, number> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--conditions=visavis-source', main, suite, '--quick', '--json', '-'],
    { encoding: 'utf8' },
  )
  expect(status === 0 ? '' : stderr).toBe('')
  const answer = JSON.parse(stdout) as { suite: string; metrics: Record<string, number>; missing: object }
  expect(answer).toMatchObject({ suite, missing: {} })
  expect(Object.keys(answer.missing)).toEqual([])
  return answer.metrics
}
