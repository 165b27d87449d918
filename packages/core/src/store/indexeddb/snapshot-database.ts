import { openDB, type DBSchema } from 'idb'
import type { SnapshotStorage } from '../snapshot-storage.ts'
import { translate } from './errors.ts'

interface SnapshotSchema extends DBSchema {
  snapshots: { key: string; value: Blob }
}

const key = 'graph'

/**
 * The index's snapshot in a database of its own beside the store's, so that deleting it does not affect people. It is
 * opened for each use: every tab may read and erase it.
 *
 * @param isReading Whether another tab or worker writes to the store; that one writes the snapshot, too.
 */
export function snapshotDatabase(name: string, isReading: () => boolean): SnapshotStorage {
  async function using<T>(work: (database: Awaited<ReturnType<typeof open>>) => Promise<T>): Promise<T> {
    try {
      const database = await open(name)
      try {
        return await work(database)
      } finally {
        database.close()
      }
    } catch (error) {
      throw translate(error, `${name} (its snapshot)`)
    }
  }
  return {
    read: () =>
      using(async (database) => {
        const saved = await database.get('snapshots', key)
        return saved && new Uint8Array(await saved.arrayBuffer())
      }),
    async write(snapshot) {
      if (isReading()) return
      // A Blob: a database that holds one large value as an array copies it with every look at its row.
      await using((database) => database.put('snapshots', new Blob([new Uint8Array(snapshot)]), key))
    },
    erase: () => using((database) => database.delete('snapshots', key)),
  }
}

function open(name: string) {
  return openDB<SnapshotSchema>(`${name} (snapshot)`, 1, {
    upgrade: (database) => void database.createObjectStore('snapshots'),
  })
}
