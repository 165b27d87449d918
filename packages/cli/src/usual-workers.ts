import os from 'node:os'

/** Each takes some 100 MB of memory, and 300 MB while it works. */
const mostWorkers = 8

/** As many workers as there are processor cores, up to a bound. */
export function usualWorkers(): number {
  return Math.min(mostWorkers, os.availableParallelism())
}
