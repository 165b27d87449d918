/** `pnpm bench [<suite>]`: see benchmarks/README.md. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { packs } from '@visavis/models'
import { checkNames, graphSizesOf, MisuseError, modelOf, peopleOf, sizesOf } from './arguments.ts'
import { rivalNames } from './contenders/contender.ts'
import { environment } from './environment.ts'
import { keepRun, toJson, writePage, type SuiteRun } from './report/report.ts'
import { textTable } from './report/table.ts'
import { searchRivalNames } from './search/rivals/rival.ts'
import type { SuiteOptions } from './suite.ts'
import { suites } from './suites.ts'

const results = path.join(import.meta.dirname, '../results')

const knownRivals: readonly string[] = [...new Set([...rivalNames, ...searchRivalNames])]

const help = `pnpm bench [<suite>] [options]

Suites: ${Object.keys(suites).join(', ')}. Without one, all that can run, and a report in benchmarks/results/.

  --quick          the same questions on less, within a minute a suite
  --keep           keeps the suite's results in benchmarks/results/, as a run of all suites does
  --json FILE      writes the metrics as JSON; - for standard output
  --dataset DIR    a folder of people, one folder each, with their pictures in it
  --pairs CSV      pairs of its pictures: lines of same,a,b[,fold]
  --groups CSV     groups of people, beside the folder of their pictures: lines of picture,sex
  --people N       how many people sync brings over (20000)
  --sizes LIST     smaller crops that accuracy also measures, pixels (96,64,48,32)
  --rivals LIST    who else is measured (${knownRivals.join(',')})
  --graph-sizes LIST
                   numbers of templates for which search builds graphs (1000,10000)
  --model NAME     what accuracy and recognize make templates with
                   (${Object.keys(packs).join(', ')}; dlib)
  --study          search also compares ways of searching at equal recall`

try {
  await main()
} catch (error) {
  if (!(error instanceof MisuseError)) throw error
  console.error(error.message)
  process.exitCode = 2
}

async function main(): Promise<void> {
  const { values, positionals } = parseCommandLine()
  const { json, keep, help: wantsHelp, 'graph-sizes': graphSizes, model, ...others } = values
  const options: SuiteOptions = { ...others, graphSizes, model: modelOf(model) }
  if (wantsHelp) {
    console.log(help)
    return
  }
  const [name] = positionals
  if (positionals.length > 1 || (name !== undefined && !(name in suites))) {
    throw new MisuseError(`There is no suite ${positionals.join(' ')}; there is ${Object.keys(suites).join(', ')}.`)
  }
  // Not an hour later, when a suite asks for them.
  checkNames(options.rivals, '--rivals', knownRivals)
  sizesOf(options.sizes)
  graphSizesOf(options.graphSizes)
  peopleOf(options.people, 1)
  const runs: SuiteRun[] = []
  const skipped = new Map<string, string>()
  for (const suiteName of name === undefined ? Object.keys(suites) : [name]) {
    const run = await runSuite(suiteName, options)
    if (typeof run === 'string') {
      if (name !== undefined) throw new MisuseError(`${name} cannot run: ${run}.`)
      skipped.set(suiteName, run)
      continue
    }
    runs.push(run)
    if ((name === undefined || keep) && !options.quick) await keepRun(results, run)
    // With `--json -` standard output is for the data alone.
    process[json === '-' ? 'stderr' : 'stdout'].write(`\n${textTable(run.suite, run.result, run.model)}`)
  }
  for (const [suiteName, reason] of skipped) console.error(`${suiteName} was not run: ${reason}.`)
  if (json !== undefined) {
    const data = runs.map(toJson)
    const text = `${JSON.stringify(name === undefined ? data : data[0], null, 2)}\n`
    if (json === '-') process.stdout.write(text)
    else await writeFile(json, text)
  }
  if ((name === undefined || keep) && !options.quick) {
    await writePage(results, await Promise.all(Object.values(suites).map((load) => load())))
    console.error('Wrote benchmarks/results/README.md')
  }
}

async function runSuite(name: string, options: SuiteOptions): Promise<SuiteRun | string> {
  const suite = await (suites[name] as NonNullable<(typeof suites)[string]>)()
  const lacking = suite.lacks?.(options)
  if (lacking !== undefined) return lacking
  const started = environment()
  const model = suite.modelTargets === undefined || options.model === 'dlib' ? undefined : options.model
  return { suite, model, environment: started, result: await suite.run(options) }
}

function parseCommandLine() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        json: { type: 'string' },
        dataset: { type: 'string' },
        pairs: { type: 'string' },
        groups: { type: 'string' },
        people: { type: 'string' },
        sizes: { type: 'string' },
        rivals: { type: 'string' },
        'graph-sizes': { type: 'string' },
        model: { type: 'string' },
        study: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new MisuseError(`${(error as Error).message}\n\n${help}`)
  }
}
