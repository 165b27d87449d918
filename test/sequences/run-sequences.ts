import fc from 'fast-check'
import { Sequence } from './sequence.ts'
import type { Home } from './home.ts'
import { sequencesOf, type Step } from './step.ts'
import type { SyncedService } from './synced-service.ts'

export interface SequencesOptions {
  readonly open: () => Promise<Home>
  readonly kinds: readonly Step['kind'][]
  readonly mayCrash: boolean
  /** How many sequences are run where nothing else is asked for. */
  readonly count: number
  /** Multiplies the count. */
  readonly times: number
  /** To run the same ones again; a failure prints it. */
  readonly seed: number | undefined
  readonly service?: SyncedService
}

/** Does random sequences of steps to galleries, and holds them against the model; shrinks the first that fails. */
export async function runSequences({
  open,
  kinds,
  mayCrash,
  count,
  times,
  seed,
  service,
}: SequencesOptions): Promise<void> {
  await fc.assert(
    fc.asyncProperty(sequencesOf(kinds, mayCrash), async (steps) => {
      service?.clear()
      await using home = await open()
      await new Sequence(home, service).run(steps)
    }),
    { numRuns: Math.ceil(count * times), ...(seed !== undefined && { seed }) },
  )
}
