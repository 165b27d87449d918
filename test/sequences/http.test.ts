import { it } from 'vitest'
import { HttpHome } from './http-home.ts'
import { runSequences } from './run-sequences.ts'
import { firstModel } from './sequence.ts'
import { allKinds } from './step.ts'
import { SyncedService } from './synced-service.ts'
import { named, seed, timeout, times } from './times.ts'

const open = (): Promise<HttpHome> => HttpHome.open(firstModel)

it(
  `a gallery behind a server answers as its model does, whatever is done to it (${named})`,
  async () => {
    await using service = await SyncedService.start()
    await runSequences({ open, kinds: allKinds, mayCrash: false, count: 100, times, seed, service })
  },
  timeout,
)
