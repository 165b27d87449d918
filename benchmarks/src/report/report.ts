import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { PackName } from '@visavis/models'
import type { Environment } from '../environment.ts'
import type { Suite, SuiteResult } from '../suite.ts'
import { drawChart, type Chart } from './chart.ts'
import { drawCurves, type Curves } from './curves.ts'
import { missingByReason, rowsOf } from './table.ts'

export interface SuiteRun {
  readonly suite: Suite
  /** Of a suite that measures models: which, where it is not the default. */
  readonly model?: PackName | undefined
  readonly environment: Environment
  readonly result: SuiteResult
}

/** The answer of a suite as data; the form is a contract. */
export function toJson({ suite, model, environment, result }: SuiteRun): object {
  return { suite: suite.name, ...(model !== undefined && { model }), environment, ...result }
}

/** Keeps a run in the place of the one before of the same suite and model: as data, and its pictures. */
export async function keepRun(folder: string, run: SuiteRun): Promise<void> {
  const { suite, model, result } = run
  await writePictures(folder, model === undefined ? (suite.charts?.(result) ?? []) : [])
  await writeFile(fileOf(folder, suite, model), `${JSON.stringify(toJson(run), null, 2)}\n`)
}

/** Writes a page of all the runs that are kept, and the pictures that show several of them. */
export async function writePage(folder: string, suites: readonly Suite[]): Promise<void> {
  const sections: string[] = []
  for (const suite of suites) {
    const byDefault = await readRun(folder, suite, undefined)
    if (byDefault === undefined) continue
    const runs = [byDefault]
    for (const model of Object.keys(suite.modelTargets ?? {}) as PackName[]) {
      const run = await readRun(folder, suite, model)
      if (run !== undefined) runs.push(run)
    }
    const results = new Map(runs.map(({ model = 'dlib', result }) => [model, result]))
    const charts = runs.length > 1 ? (suite.modelCharts?.(results) ?? []) : []
    await writePictures(folder, charts)
    sections.push(...runs.map((run, i) => section(run, i === 0 ? charts : [])))
  }
  const page = `# Benchmark results

The newest run of each suite that is worth showing. What each asks and how it is measured stands in the README one folder up.

${sections.join('\n')}`
  await writeFile(path.join(folder, 'README.md'), page)
}

function fileOf(folder: string, { name }: Suite, model: PackName | undefined): string {
  return path.join(folder, `${name}${model === undefined ? '' : `-${model}`}.json`)
}

async function readRun(folder: string, suite: Suite, model: PackName | undefined): Promise<SuiteRun | undefined> {
  const text = await readFile(fileOf(folder, suite, model), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { environment, ...result } = JSON.parse(text) as { environment: Environment } & SuiteResult
  return { suite, model, environment, result }
}

/** Writes each as `<its name>.svg`. */
async function writePictures(folder: string, charts: readonly (Chart | Curves)[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const chart of charts) {
    await writeFile(path.join(folder, `${chart.name}.svg`), 'curves' in chart ? drawCurves(chart) : drawChart(chart))
  }
}

/** @param more Pictures beside those of the run itself. */
function section({ suite, model, environment, result }: SuiteRun, more: readonly (Chart | Curves)[]): string {
  const { date, command, node, platform, cpu, cpus, load, commit, versions } = environment
  const charts = model === undefined ? [...(suite.charts?.(result) ?? []), ...more] : []
  const pictures = charts.map(({ name, title }) => `![${title}](${name}.svg)`)
  const rows = rowsOf(suite, result, model).map(
    ({ metric, value, spread, target }) => `| \`${metric}\` | ${value} | ${spread} | ${target} |`,
  )
  const missing = missingByReason(result).map(
    ([reason, metrics]) => `- Not measured: ${metrics.map((metric) => `\`${metric}\``).join(', ')}: ${reason}.`,
  )
  return `## ${suite.name}${model === undefined ? '' : `, ${model}`}

${suite.asks}

Written by \`${command}\` on ${date}, ${commit === undefined ? '' : `commit ${commit}, `}Node ${node}, ${platform}, ${cpu}, ${cpus} processors, load ${load} at the start.
${Object.entries(versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(', ')}.

${[...pictures, ''].join('\n\n')}| metric | value | middle half | target |
|---|---:|---|---|
${rows.join('\n')}

${[...result.notes.map((note) => `- ${note}`), ...missing].join('\n')}
`
}
