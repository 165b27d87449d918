import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises'
import { isVisavisError, VisavisError } from '../../errors.ts'
import type { SnapshotStorage } from '../snapshot-storage.ts'

const chunkBytes = 2 ** 20

/** The index's snapshot in a file beside the store's, which its owner alone can read. */
export function snapshotFile(path: string): SnapshotStorage {
  // Under its name it is there whole or not at all.
  const part = `${path}.part`
  return {
    async read() {
      return readFile(path).catch((error: unknown) => {
        if (isMissing(error)) return undefined
        throw unavailable(path, error)
      })
    },
    async write(snapshot) {
      try {
        await erase(part)
        const handle = await open(part, 'wx', 0o600)
        try {
          await handle.writeFile(snapshot)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await erase(path)
        await rename(part, path)
      } catch (error) {
        throw unavailable(path, error)
      }
    },
    async erase() {
      await erase(part)
      await erase(path)
    },
  }
}

/** Writes over the file before it is deleted: a disk keeps what was in a file that is only deleted. */
async function erase(path: string): Promise<void> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r+')
    const { size } = await handle.stat()
    const zeros = new Uint8Array(Math.min(chunkBytes, size))
    for (let at = 0; at < size; at += chunkBytes) await handle.write(zeros, 0, Math.min(chunkBytes, size - at), at)
    await handle.datasync()
    await handle.close()
    handle = undefined
    await rm(path, { force: true })
  } catch (error) {
    if (!isMissing(error)) throw unavailable(path, error)
  } finally {
    await handle?.close()
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT'
}

function unavailable(path: string, cause: unknown): unknown {
  if (isVisavisError(cause)) return cause
  return new VisavisError(
    'store_unavailable',
    `The snapshot ${path} cannot be read or written; check its permissions and the disk, or delete it.`,
    { cause },
  )
}
