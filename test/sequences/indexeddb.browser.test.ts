import { it } from 'vitest'
import { IndexedDbHome } from './indexeddb-home.ts'
import { runSequences } from './run-sequences.ts'
import { firstModel } from './sequence.ts'
import { allKinds } from './step.ts'
import { named, seed, timeout, times } from './times.ts'

const open = (): Promise<IndexedDbHome> => IndexedDbHome.open(firstModel)

/** A page cannot serve what it would sync with. */
const kinds = allKinds.filter((kind) => kind !== 'service' && kind !== 'sync')

it(
  `a gallery in IndexedDB answers as its model does, whatever is done to it (${named})`,
  () => runSequences({ open, kinds, mayCrash: true, count: 100, times, seed }),
  timeout,
)
