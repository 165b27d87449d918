import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Environment } from '../environment.ts'
import type { Suite, SuiteResult } from '../suite.ts'
import { drawChart, type Chart } from './chart.ts'
import { drawCurves, type Curves } from './curves.ts'
import { missingByReason, rowsOf } from './table.ts'

export interface SuiteRun {
  readonly suite: Suite
  readonly environment: Environment
  readonly result: SuiteResult
}

/** The answer of a suite as data; the form is a contract. */
export function toJson({ suite, environment, result }: SuiteRun): object {
  return { suite: suite.name, environment, ...result }
}

/** Keeps a run in the place of the suite's one before: as data, and its pictures. */
export async function keepRun(folder: string, run: SuiteRun): Promise<void> {
  const { suite, result } = run
  await writePictures(folder, suite.charts?.(result) ?? [])
  await writeFile(path.join(folder, `${suite.name}.json`), `${JSON.stringify(toJson(run), null, 2)}\n`)
}

/** Writes a page of all the runs that are kept. */
export async function writePage(folder: string, suites: readonly Suite[]): Promise<void> {
  const sections: string[] = []
  for (const suite of suites) {
    const text = await readFile(path.join(folder, `${suite.name}.json`), 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const { environment, ...result } = JSON.parse(text) as { environment: Environment } & SuiteResult
    sections.push(section({ suite, environment, result }))
  }
  const page = `# Benchmark results

The newest run of each suite that is worth showing. What each asks and how it is measured stands in the README one folder up.

${sections.join('\n')}`
  await writeFile(path.join(folder, 'README.md'), page)
}

/** Writes each as `<its name>.svg`. */
async function writePictures(folder: string, charts: readonly (Chart | Curves)[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const chart of charts) {
    await writeFile(path.join(folder, `${chart.name}.svg`), 'curves' in chart ? drawCurves(chart) : drawChart(chart))
  }
}

function section({ suite, environment, result }: SuiteRun): string {
  const { date, command, node, platform, cpu, cpus, load, commit, versions } = environment
  const pictures = (suite.charts?.(result) ?? []).map(({ name, title }) => `![${title}](${name}.svg)`)
  const rows = rowsOf(suite, result).map(
    ({ metric, value, spread, target }) => `| \`${metric}\` | ${value} | ${spread} | ${target} |`,
  )
  const missing = missingByReason(result).map(
    ([reason, metrics]) => `- Not measured: ${metrics.map((metric) => `\`${metric}\``).join(', ')}: ${reason}.`,
  )
  return `## ${suite.name}

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
