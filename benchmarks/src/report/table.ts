import type { PackName } from '@visavis/models'
import { groupBy } from '../group-by.ts'
import { meets, type Suite, type SuiteResult } from '../suite.ts'

export interface Row {
  readonly metric: string
  readonly value: string
  /** The middle half of the samples. */
  readonly spread: string
  /** The target and whether it was met. */
  readonly target: string
}

/** @param model Whose result it is. @default the default of visavis */
export function rowsOf(suite: Suite, { metrics, spread }: SuiteResult, model?: PackName): Row[] {
  const targets = model === undefined ? suite.targets : (suite.modelTargets?.[model] ?? {})
  return Object.entries(metrics).map(([metric, value]) => {
    const middle = spread[metric]
    const target = targets[metric]
    const wanted = [
      target?.least === undefined ? [] : [`at least ${target.least}`],
      target?.most === undefined ? [] : [`at most ${target.most}`],
    ].flat()
    return {
      metric,
      value: formatNumber(value),
      spread: middle === undefined ? '' : middle.map(formatNumber).join(' to '),
      target: target === undefined ? '' : `${wanted.join(', ')}: ${meets(target, value) ? 'met' : 'MISSED'}`,
    }
  })
}

/** For a terminal. */
export function textTable(suite: Suite, result: SuiteResult, model?: PackName): string {
  const rows = rowsOf(suite, result, model)
  const wide = (column: keyof Row): number => Math.max(0, ...rows.map((row) => row[column].length))
  const [metric, value, spread] = [wide('metric'), wide('value'), wide('spread')]
  return [
    `${suite.name}${model === undefined ? '' : `, ${model}`}: ${suite.asks}`,
    '',
    ...rows.map((row) =>
      `  ${row.metric.padEnd(metric)}  ${row.value.padStart(value)}  ${row.spread.padEnd(spread)}  ${row.target}`.trimEnd(),
    ),
    ...missingByReason(result).map(([reason, names]) => `  not measured: ${names.join(', ')}: ${reason}`),
    '',
    ...result.notes.map((note) => `  ${note}`),
    '',
  ].join('\n')
}

/** The metrics that could not be measured, together where the reason is the same. */
export function missingByReason({ missing }: SuiteResult): [reason: string, metrics: string[]][] {
  const names = groupBy(Object.keys(missing), (metric) => missing[metric] as string)
  return [...names]
}

function formatNumber(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(2)
  if (Number.isInteger(value)) return String(value)
  return Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(4)
}
