import type { Pixels } from '@visavis/core'
import type { ContenderProcess } from '../contenders/process.ts'
import { Progress } from '../progress.ts'

/** Something to be timed: an operation of a contender. */
export interface Timed {
  readonly process: ContenderProcess
  readonly operations: readonly string[]
}

/** For each operation, under `contender.operation`, the milliseconds of every run, in the same order for all. */
export type Samples = Map<string, number[]>

/** Crops a contender is given in a row: the first one finds its caches cold, as its rivals ran in between. */
const cropsInARow = 3

/**
 * Times all contenders on the same crops, a few in turn, so that other load of the machine affects all alike. The order
 * turns from round to round, of the operations of one contender, too.
 */
export async function timeInTurn(
  contenders: ReadonlyMap<string, Timed>,
  crops: readonly Pixels[],
  rounds: number,
): Promise<Samples> {
  const samples: Samples = new Map()
  const progress = new Progress('timing', rounds)
  for (let round = 0; round < rounds; round++) {
    for (const [name, { process, operations }] of turned([...contenders], round)) {
      const order = turned(operations, round)
      for (let k = 0; k < cropsInARow; k++) {
        const crop = crops[(round * cropsInARow + k) % crops.length] as Pixels
        const { milliseconds } = await process.ask(crop, order)
        for (const [i, operation] of order.entries()) {
          const key = `${name}.${operation}`
          const list = samples.get(key) ?? []
          list.push(milliseconds[i] as number)
          samples.set(key, list)
        }
      }
    }
    progress.step()
  }
  return samples
}

/** The first ones last. */
function turned<T>(list: readonly T[], by: number): T[] {
  const first = by % list.length
  return [...list.slice(first), ...list.slice(0, first)]
}
