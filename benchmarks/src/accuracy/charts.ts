import { rivalNames } from '../contenders/contender.ts'
import type { Bar, Chart } from '../report/chart.ts'
import type { SuiteResult } from '../suite.ts'

const sizes = ['', '.96px', '.64px', '.48px', '.32px']

export function accuracyCharts({ metrics }: SuiteResult): Chart[] {
  const bar = (label: string, metric: string, ours: boolean): Bar[] => {
    const value = metrics[metric]
    return value === undefined ? [] : [{ label, value: value * 100, ours }]
  }
  const contenders = (measure: string): Bar[] => [
    ...bar('visavis ACCURATE', `accuracy.accurate.${measure}`, true),
    ...bar('visavis FAST', `accuracy.fast.${measure}`, true),
    ...rivalNames.flatMap((rival) => bar(rival, `accuracy.rival.${rival}.${measure}`, false)),
  ]
  const scale = { most: 100, digits: 1, unit: ' %' }
  const charts = [
    {
      name: 'accuracy-verification',
      title: 'People recognized where 1 of 10,000 strangers is accepted (1:1)',
      bars: contenders('tar_at_fmr_1e-4'),
      ...scale,
    },
    {
      name: 'accuracy-identification',
      title: 'People found first where 1 of 100 strangers is taken for somebody (1:N)',
      bars: contenders('tpir_at_fpir_0.01'),
      ...scale,
    },
    {
      name: 'accuracy-sizes',
      title: 'Smaller probes: people recognized at FMR 1e-4, FAST',
      bars: sizes.flatMap((size) =>
        bar(size === '' ? 'full size' : `${size.slice(1, -2)} px`, `accuracy.fast${size}.tar_at_fmr_1e-4`, true),
      ),
      ...scale,
    },
  ]
  return charts.filter(({ bars }) => bars.length > 1)
}
