import { rivalNames } from '../contenders/contender.ts'
import type { Bar, Chart } from '../report/chart.ts'
import type { SuiteResult } from '../suite.ts'

export function recognizeCharts({ metrics, spread }: SuiteResult): Chart[] {
  const bar = (label: string, metric: string, ours: boolean): Bar[] => {
    const value = metrics[metric]
    return value === undefined ? [] : [{ label, value, spread: spread[metric], ours }]
  }
  return [
    {
      name: 'recognize-times',
      title: 'From a decoded 120x120 crop to a template, milliseconds (median)',
      bars: [
        ...bar('embedding network alone', 'recognize.embedder.p50_ms', true),
        ...bar('visavis FAST', 'recognize.fast.p50_ms', true),
        ...bar('visavis ACCURATE', 'recognize.accurate.p50_ms', true),
        ...rivalNames.flatMap((rival) => bar(rival, `recognize.rival.${rival}.p50_ms`, false)),
      ],
      digits: 1,
      unit: ' ms',
    },
  ]
}
