import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Pixels } from '@visavis/core'
import { isRefusal, ownPipeline, rivalsOf, type ContenderName, type Outcome } from '../contenders/contender.ts'
import { childArguments, ContenderProcess } from '../contenders/process.ts'
import { median, quartiles } from '../statistics.ts'
import { emptyResult, type Suite, type SuiteOptions, type SuiteResult } from '../suite.ts'
import { recognizeCharts } from './charts.ts'
import { checkAnswers } from './check-answers.ts'
import { datasetCrops, photographCrops, type PersonCrops } from './crops.ts'
import type { GrowthRequest, Held } from './growth-child.ts'
import { timeInTurn, type Samples, type Timed } from './rounds.ts'

const own = ['embedder', 'fast', 'accurate', 'dlib'] as const

interface Extent {
  readonly people: number
  readonly photographs: number
  readonly rounds: number
  readonly coldStarts: number
  readonly searches: number
}

const full: Extent = { people: 20, photographs: 6, rounds: 100, coldStarts: 7, searches: 10_000 }
const quick: Extent = { people: 6, photographs: 1, rounds: 6, coldStarts: 2, searches: 150 }

export const recognize: Suite = {
  name: 'recognize',
  asks: 'How long does it take to turn a crop into a template, and does anything grow?',
  targets: {
    'recognize.waste': { most: 1.33 },
    'recognize.over_dlib': { most: 1.3 },
    'recognize.accurate.over_dlib': { most: 2.5 },
    'recognize.speedup_over_best_rival': { least: 1.6 },
    'recognize.tensor_growth': { most: 0 },
    'recognize.heap_growth_bytes': { most: 0 },
  },
  modelTargets: {
    'dlib+faceres': { 'recognize.accurate.over_dlib': { most: 5 } },
    mobilefacenet: { 'recognize.over_dlib': { most: 1.3 } },
    faceplugin: {
      'recognize.over_dlib': { most: 0.85 },
      'recognize.speedup_over_best_rival': { least: 2.4 },
    },
    'faceplugin+mobilefacenet': { 'recognize.over_dlib': { most: 1.9 } },
  },
  run,
  charts: recognizeCharts,
}

async function run(options: SuiteOptions): Promise<SuiteResult> {
  const result = emptyResult()
  const extent = options.quick ? quick : full
  const people =
    options.dataset === undefined
      ? await photographCrops(extent.photographs)
      : await datasetCrops(options.dataset, extent.people)
  const origin = options.dataset === undefined ? "the photographs of face-api's package" : 'the dataset'
  result.notes.push(`Crops of ${people.length} people from ${origin}, two each, decoded beforehand; one thread.`)
  const [one] = people
  if (one === undefined) throw new Error('There are no crops to recognize.')

  await measureCold(result, one.first, extent.coldStarts)
  await measureTimes(result, people, options, extent.rounds)
  await measureGrowth(result, { people, searches: extent.searches })
  return result
}

async function measureCold({ metrics, spread, notes }: SuiteResult, crop: Pixels, starts: number): Promise<void> {
  const times: number[] = []
  for (let i = 0; i < starts; i++) times.push(await start<number>('cold-child.ts', crop, () => undefined))
  metrics['recognize.cold_ms'] = median(times)
  spread['recognize.cold_ms'] = quartiles(times)
  notes.push(
    `recognize.cold_ms: from the first import to the first answer, ${starts} fresh processes, files in the system's cache; the time to start Node itself is not in it, the time to strip the types off the sources is.`,
  )
}

async function measureTimes(
  result: SuiteResult,
  people: readonly PersonCrops[],
  { rivals, model }: SuiteOptions,
  rounds: number,
): Promise<void> {
  const { metrics, spread, missing, notes } = result
  await using processes = new AsyncDisposableStack()
  const contenders = new Map<string, Timed>()
  const located = new Set(people.flatMap(({ first, second }) => [first, second]))
  const join = async (
    name: ContenderName,
    operations: readonly string[],
    checked: string,
  ): Promise<string | undefined> => {
    const process = processes.use(new ContenderProcess(name, model))
    const outcomes: Outcome[][] = []
    for (const { first, second } of people) {
      const pair = []
      for (const crop of [first, second]) pair.push((await process.ask(crop, [checked])).outcomes[0] as Outcome)
      outcomes.push(pair)
    }
    const problem = checkAnswers(outcomes, name === 'visavis' ? 'cosine' : 'euclidean')
    if (problem !== undefined) return problem
    for (const [i, { first, second }] of people.entries()) {
      for (const [k, crop] of [first, second].entries()) {
        if (isRefusal(outcomes[i]?.[k] as Outcome)) located.delete(crop)
      }
    }
    contenders.set(name, { process, operations })
    return undefined
  }

  const problem = await join('visavis', own, 'fast')
  if (problem !== undefined) throw new Error(`visavis: ${problem}`)
  const taking: string[] = []
  for (const rival of rivalsOf(rivals)) {
    const reason = await join(rival, [ownPipeline], ownPipeline).catch((error: Error) => error.message.split('\n')[0])
    if (reason === undefined) taking.push(rival)
    else missing[`recognize.rival.${rival}.p50_ms`] = reason
  }
  const samples = await timeInTurn(contenders, [...located], rounds)
  notes.push(
    `Each contender in a process of its own, in turn, ${samples.get('visavis.fast')?.length ?? 0} runs of each on the ${located.size} crops in which all found a face.`,
  )

  const put = (metric: string, times: readonly number[]): void => {
    metrics[metric] = median(times)
    spread[metric] = quartiles(times)
  }
  for (const operation of own) put(`recognize.${operation}.p50_ms`, of(samples, `visavis.${operation}`))
  for (const rival of taking) put(`recognize.rival.${rival}.p50_ms`, of(samples, `${rival}.${ownPipeline}`))
  const fast = of(samples, 'visavis.fast')
  const embedder = of(samples, 'visavis.embedder')
  metrics['recognize.waste'] = median(fast) / median(embedder)
  spread['recognize.waste'] = quartiles(ratios(fast, embedder))
  const dlib = of(samples, 'visavis.dlib')
  for (const mode of ['fast', 'accurate'] as const) {
    const times = of(samples, `visavis.${mode}`)
    const metric = `recognize.${mode === 'fast' ? '' : 'accurate.'}over_dlib`
    metrics[metric] = median(times) / median(dlib)
    spread[metric] = quartiles(ratios(times, dlib))
  }
  const best = taking.map((rival) => of(samples, `${rival}.${ownPipeline}`)).sort((a, b) => median(a) - median(b))[0]
  if (best === undefined) {
    missing['recognize.speedup_over_best_rival'] = 'no rival took part'
  } else {
    metrics['recognize.speedup_over_best_rival'] = median(best) / median(fast)
    spread['recognize.speedup_over_best_rival'] = quartiles(ratios(best, fast))
  }
}

async function measureGrowth({ metrics, notes }: SuiteResult, request: GrowthRequest): Promise<void> {
  const seen: Held[] = []
  await start<Held>('growth-child.ts', request, (held) => seen.push(held))
  const [before, after] = seen
  if (before === undefined || after === undefined) throw new Error('The searches did not come to an end.')
  metrics['recognize.tensor_growth'] = after.tensors - before.tensors
  metrics['recognize.heap_growth_bytes'] = after.heapBytes - before.heapBytes
  notes.push(
    `Growth: from the ${before.searches}th to the ${after.searches}th search in one process: ${after.tensors} tensors, ${mebibytes(after.heapBytes)} of WebAssembly memory; JavaScript's heap went from ${mebibytes(before.scriptBytes)} to ${mebibytes(after.scriptBytes)}.`,
  )
}

/** Sends a fresh process one message, calls `hear` with each of its answers, and gives the last one when it ends. */
async function start<T>(file: string, message: object, hear: (heard: T) => void): Promise<T> {
  const child = fork(new URL(file, import.meta.url), {
    serialization: 'advanced',
    execArgv: [...childArguments, '--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let last: { said: T } | undefined
  child.on('message', (said) => {
    last = { said: said as T }
    hear(said as T)
  })
  child.send(message)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0 || last === undefined) throw new Error(`${file} ended with exit code ${code}`)
  return last.said
}

function of(samples: Samples, name: string): number[] {
  return samples.get(name) ?? []
}

/** Of the same run of both. */
function ratios(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value / (b[i] as number))
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
