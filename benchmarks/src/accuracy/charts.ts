import type { PackName } from '@visavis/models'
import { rivalNames } from '../contenders/contender.ts'
import type { Bar, Chart } from '../report/chart.ts'
import type { Curve, Curves } from '../report/curves.ts'
import type { SuiteResult } from '../suite.ts'

/** The width of the crops of the dataset, pixels. */
const fullSize = 120
const sizes = ['', '.96px', '.64px', '.48px', '.32px']

/** False-match rates by name, as metrics have them. */
const rates = ['1e-2', '1e-3', '1e-4', '1e-5'] as const

function errorsOverRate(label: string, { metrics }: SuiteResult, prefix: string, ours: boolean): Curve[] {
  const points = rates.flatMap((rate): [number, number][] => {
    const value = metrics[`${prefix}.tar_at_fmr_${rate}`]
    return value === undefined ? [] : [[Number(rate), 1 - value]]
  })
  return points.length === 0 ? [] : [{ label, points: points.sort(([a], [b]) => a - b), ours }]
}

function errorsOverWidth(label: string, { metrics }: SuiteResult): Curve[] {
  const points = sizes.flatMap((size): [number, number][] => {
    const value = metrics[`accuracy.fast${size}.tpir_at_fpir_0.01`]
    return value === undefined ? [] : [[size === '' ? fullSize : Number(size.slice(1, -2)), 1 - value]]
  })
  return points.length < 2 ? [] : [{ label, points: points.sort(([a], [b]) => a - b), ours: true }]
}

/** Models and rivals on one scale: who is missed at which rate of false matches, and over the width of the probe. */
export function modelCharts(results: ReadonlyMap<PackName, SuiteResult>): Curves[] {
  const models = [...results]
  return [
    {
      name: 'accuracy-models',
      title: 'Pairs missed (FNMR) over the rate of false matches (FMR), 120 px, FAST',
      x: 'FMR',
      y: 'FNMR',
      curves: [
        ...models.flatMap(([model, result]) => errorsOverRate(model, result, 'accuracy.fast', true)),
        ...models.flatMap(([, result]) =>
          rivalNames.flatMap((rival) => errorsOverRate(rival, result, `accuracy.rival.${rival}`, false)),
        ),
      ],
    },
    {
      name: 'accuracy-models-sizes',
      title: 'Enrolled people not found first at FPIR 1 %, over the width of the probe, FAST',
      x: 'pixels',
      y: '1 - TPIR',
      curves: models.flatMap(([model, result]) => errorsOverWidth(model, result)),
    },
  ].filter(({ curves }) => curves.length > 1)
}

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
