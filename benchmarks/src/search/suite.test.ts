import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

const own = [
  ...['build_s', 'ready_s', 'bytes_per_face', 'scan_over_read', 'speedup_over_loops'],
  ...['p50_ms', 'recall10', 'short', 'over_unfiltered'].map((metric) => `filtered_1pct.${metric}`),
  ...['', 'cone.'].flatMap((data) =>
    ['fast', 'accurate'].flatMap((mode) =>
      ['p50_ms', 'p99_ms', 'recall1', 'recall10'].map((metric) => `${data}${mode}.${metric}`),
    ),
  ),
]
const graph = [
  ...['build_s', 'bytes_per_face', 'p50_ms', 'p99_ms', 'recall1', 'recall10'].map((metric) => `graph.${metric}`),
  'graph_over_native',
]
const rivals = ['human', 'face-api', 'hnswlib-wasm', 'usearch-graph', 'usearch-exact'].flatMap((name) =>
  ['p50_ms', 'recall1'].map((metric) => `rival.${name}.${metric}`),
)
const study = ['', 'cone.'].flatMap((data) =>
  ['sketch.share', 'sketch.p50_ms', 'signs.share', 'graph.p50_ms'].map((metric) => `study.${data}${metric}`),
)

interface Answer {
  readonly suite: string
  readonly metrics: Readonly<Record<string, number>>
  readonly missing: Readonly<Record<string, string>>
}

describe('the suite search', () => {
  let answer: Answer

  beforeAll(() => {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url))
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--conditions=visavis-source', main, 'search', '--quick', '--study', '--json', '-'],
      { encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(stderr)
    answer = JSON.parse(stdout) as Answer
  }, 300_000)

  it('answers every metric of the contract, or says why it cannot', () => {
    const wanted = [
      ...[...own, ...graph, ...rivals].map((metric) => `search.1000x128.${metric}`),
      ...[...own, ...rivals, ...study].map((metric) => `search.10000x128.${metric}`),
      ...[...own, ...graph, ...rivals].map((metric) => `search.1000x512.${metric}`),
    ]
    const { suite, metrics, missing } = answer
    expect(suite).toBe('search')
    const inNode = Object.keys({ ...metrics, ...missing }).filter((metric) => !metric.includes('chromium'))
    expect(inNode.sort()).toEqual(wanted.sort())
    // Only what builds a graph is left out where that takes long.
    const left = Object.keys(missing).filter((metric) => !metric.includes('chromium'))
    expect(
      left.every((metric) => /^search\.10000x128\.(rival\.(hnswlib-wasm|usearch-graph)|study\.)/.test(metric)),
    ).toBe(true)
  })

  it('answers the same of a page, or says why where no Chromium was named', () => {
    const { metrics, missing } = answer
    const prefix = 'search.chromium.1000x128.'
    const here = [...own, ...rivals.filter((metric) => !metric.includes('usearch'))].map((metric) => prefix + metric)
    const found = Object.keys({ ...metrics, ...missing }).filter((metric) => metric.startsWith(prefix))
    const isAbsent = process.env.VISAVIS_CHROMIUM === undefined && `${prefix}fast.p50_ms` in missing
    expect(found.sort()).toEqual((isAbsent ? [`${prefix}fast.p50_ms`] : here).sort())
  })

  it('finds what there is', () => {
    // Times are not checked: the machine may have other load.
    const worst = (pattern: RegExp, pick: (...values: number[]) => number): number =>
      pick(...Object.entries(answer.metrics).flatMap(([metric, value]) => (pattern.test(metric) ? [value] : [])))
    expect(worst(/\.(fast|accurate|filtered_1pct)\.recall/, Math.min)).toBe(1)
    expect(worst(/\.rival\..*\.recall1$/, Math.min)).toBeGreaterThan(0.9)
    expect(worst(/\.short$/, Math.max)).toBe(0)
    expect(worst(/\.share$/, Math.max)).toBeLessThan(0.5)
    expect(Object.values(answer.metrics).every(Number.isFinite)).toBe(true)
  })
})
