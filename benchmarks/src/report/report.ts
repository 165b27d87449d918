import { mkdir, writeFile } from 'node:fs/promises'
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

/** Writes the runs as a page with pictures and as data. */
export async function writeReport(
  folder: string,
  runs: readonly SuiteRun[],
  skipped: ReadonlyMap<string, string>,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const [first] = runs
  if (first === undefined) return
  const sections: string[] = []
  for (const run of runs) {
    const { suite, result } = run
    const charts = suite.charts?.(result) ?? []
    await writePictures(folder, charts)
    await writeFile(path.join(folder, `${suite.name}.json`), `${JSON.stringify(toJson(run), null, 2)}\n`)
    sections.push(
      section(
        run,
        charts.map(({ name, title }) => `![${title}](${name}.svg)`),
      ),
    )
  }
  const { date, command, node, platform, cpu, cpus, load, commit, versions } = first.environment
  const page = `# Benchmark results

Written by \`${command}\` on ${date}, ${commit === undefined ? '' : `commit ${commit}, `}Node ${node}, ${platform}, ${cpu}, ${cpus} processors, load ${load} at the start.
${Object.entries(versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(', ')}.

What each suite asks and how it is measured stands in the README one folder up.

${sections.join('\n')}${skipped.size === 0 ? '' : `\nNot run: ${[...skipped].map(([name, reason]) => `${name} (${reason})`).join('; ')}.\n`}`
  await writeFile(path.join(folder, 'README.md'), page)
}

/** Writes each as `<its name>.svg`. */
export async function writePictures(folder: string, charts: readonly (Chart | Curves)[]): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const chart of charts) {
    await writeFile(path.join(folder, `${chart.name}.svg`), 'curves' in chart ? drawCurves(chart) : drawChart(chart))
  }
}

function section({ suite, result }: SuiteRun, pictures: readonly string[]): string {
  const rows = rowsOf(suite, result).map(
    ({ metric, value, spread, target }) => `| \`${metric}\` | ${value} | ${spread} | ${target} |`,
  )
  const missing = missingByReason(result).map(
    ([reason, metrics]) => `- Not measured: ${metrics.map((metric) => `\`${metric}\``).join(', ')}: ${reason}.`,
  )
  return `## ${suite.name}

${suite.asks}

${[...pictures, ''].join('\n\n')}| metric | value | middle half | target |
|---|---:|---|---|
${rows.join('\n')}

${[...result.notes.map((note) => `- ${note}`), ...missing].join('\n')}
`
}
