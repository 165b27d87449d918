import { it } from 'vitest'
import { MemoryHome } from './memory-home.ts'
import { runSequences } from './run-sequences.ts'
import { firstModel } from './sequence.ts'
import { allKinds } from './step.ts'
import { SyncedService } from './synced-service.ts'
import { named, seed, timeout, times } from './times.ts'

const open = (): Promise<MemoryHome> => MemoryHome.open(firstModel)

it(
  `a gallery in memory answers as its model does, whatever is done to it (${named})`,
  async () => {
    await using service = await SyncedService.start()
    await runSequences({ open, kinds: allKinds, mayCrash: true, count: 1250, times, seed, service })
  },
  timeout,
)
