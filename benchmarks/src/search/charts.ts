import type { Curve, Curves } from '../report/curves.ts'
import type { SuiteResult } from '../suite.ts'
import { searchRivalNames, type SearchRivalName } from './rivals/rival.ts'

const ours: readonly (readonly [part: string, label: string])[] = [
  ['fast', 'visavis FAST'],
  ['accurate', 'visavis ACCURATE'],
  ['graph', 'usearch graph, WebAssembly'],
]

const labels: Readonly<Record<SearchRivalName, string>> = {
  human: 'human, match.find',
  'face-api': 'face-api, FaceMatcher',
  'hnswlib-wasm': 'hnswlib-wasm',
  'usearch-graph': 'usearch graph, native',
  'usearch-exact': 'usearch exactSearch, native',
}

export function searchCharts({ metrics }: SuiteResult): Curves[] {
  const chart = (place: string, dimensions: number, name: string, title: string): Curves[] => {
    const curve = (part: string, label: string, mine: boolean): Curve[] => {
      const pattern = new RegExp(`^${place.replaceAll('.', '\\.')}\\.(\\d+)x${dimensions}\\.(.*)\\.p50_ms$`)
      const points = Object.entries(metrics).flatMap(([metric, value]): [number, number][] => {
        const [, count, of] = pattern.exec(metric) ?? []
        return of === part ? [[Number(count), value]] : []
      })
      return points.length === 0 ? [] : [{ label, points: points.sort(([a], [b]) => a - b), ours: mine }]
    }
    const curves = [
      ...ours.flatMap(([part, label]) => curve(part, label, true)),
      ...searchRivalNames.flatMap((rival) => curve(`rival.${rival}`, labels[rival], false)),
    ]
    return curves.length === 0 ? [] : [{ name, title, curves, x: 'templates', y: 'ms a search' }]
  }
  return [
    ...chart(
      'search',
      128,
      'search-cost',
      'One search among so many templates of 128 values, Node, one thread (median)',
    ),
    ...chart(
      'search',
      512,
      'search-cost-512',
      'One search among so many templates of 512 values, Node, one thread (median)',
    ),
    ...chart(
      'search.chromium',
      128,
      'search-cost-chromium',
      'One search among so many templates of 128 values, Chromium, one thread (median)',
    ),
  ]
}
