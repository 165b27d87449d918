/** Something that searches, and is timed. */
export interface Contender {
  readonly name: string
  search(query: Float32Array): unknown
}

export interface TimingOptions {
  /** How often each query is asked. */
  readonly rounds: number
  /** No more queries once a contender has had so many milliseconds. */
  readonly mostMilliseconds: number
  /** What one sample takes at least, of several queries in a row: for a clock that is coarse, milliseconds. */
  readonly leastMilliseconds: number
}

/** Milliseconds a query, by name. */
export type Samples = ReadonlyMap<string, readonly number[]>

/** Queries a contender answers in a row: only the first of them finds its caches cold. */
const turn = 10
/** How long each only warms up, with at least one batch of so many queries. */
const warmUpMilliseconds = 200
const warmUpBatch = 2

/**
 * Times all on the same queries, a few in turn, so that other load of the machine affects all alike. Every other turn
 * is in reverse order, so that none always follows the same one.
 */
export async function timeInTurns(
  contenders: readonly Contender[],
  queries: readonly Float32Array[],
  { rounds, mostMilliseconds, leastMilliseconds }: TimingOptions,
): Promise<Samples> {
  const runners: Runner[] = []
  for (const contender of contenders) runners.push(await warmedUp(contender, queries, leastMilliseconds))
  for (let at = 0, turns = 0; at < rounds * queries.length; at += turn, turns++) {
    for (const runner of turns % 2 === 0 ? runners : runners.toReversed()) {
      for (let k = 0; k < turn && runner.spent < mostMilliseconds; k++) {
        const sample = await time(runner.contender, queries, at + k, runner.batch)
        runner.samples.push(sample)
        runner.spent += sample * runner.batch
      }
    }
  }
  return new Map(runners.map(({ contender, samples }) => [contender.name, samples]))
}

interface Runner {
  readonly contender: Contender
  /** Queries a sample. */
  readonly batch: number
  readonly samples: number[]
  spent: number
}

async function warmedUp(
  contender: Contender,
  queries: readonly Float32Array[],
  leastMilliseconds: number,
): Promise<Runner> {
  let quickest = Number.POSITIVE_INFINITY
  const started = performance.now()
  for (let i = 0; i < queries.length && performance.now() - started < warmUpMilliseconds; i++) {
    quickest = Math.min(quickest, await time(contender, queries, i, warmUpBatch))
  }
  const batch = leastMilliseconds === 0 ? 1 : Math.ceil(leastMilliseconds / Math.max(quickest, 1e-3))
  return { contender, batch, samples: [], spent: 0 }
}

/** Milliseconds a query, of so many from the one at `at` on. */
async function time(
  contender: Contender,
  queries: readonly Float32Array[],
  at: number,
  batch: number,
): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < batch; i++) {
    const answer = contender.search(queries[(at + i) % queries.length] as Float32Array)
    // A contender that answers synchronously must not pay for a promise.
    if (answer instanceof Promise) await answer
  }
  return (performance.now() - started) / batch
}
