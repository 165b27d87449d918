import { it } from 'vitest'
import { runSequences } from './run-sequences.ts'
import { firstModel } from './sequence.ts'
import { SqliteHome } from './sqlite-home.ts'
import { allKinds } from './step.ts'
import { SyncedService } from './synced-service.ts'
import { named, seed, timeout, times } from './times.ts'

const open = (): Promise<SqliteHome> => SqliteHome.open(firstModel, true)

it(
  `a gallery in an encrypted file answers as its model does, whatever is done to it (${named})`,
  async () => {
    await using service = await SyncedService.start()
    await runSequences({ open, kinds: allKinds, mayCrash: true, count: 300, times, seed, service })
  },
  timeout,
)
