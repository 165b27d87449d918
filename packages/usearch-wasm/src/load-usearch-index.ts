import { checkOptions } from './arguments.ts'
import { ChunkReader, type SavedIndex } from './chunk-reader.ts'
import { engineStarter, largestMemory, type WasmIndexOptions } from './engine-starter.ts'
import {
  bytesOfVector,
  checkNodes,
  graphHeadBytes,
  headBytes,
  prefixBytes,
  readGraphHead,
  readHead,
  readLevels,
  readPrefix,
} from './saved-file.ts'
import { UsearchError } from './usearch-error.ts'
import { UsearchIndex } from './usearch-index.ts'

/** How much of a saved index is copied at a time. */
const copyBytes = 2 ** 16

/**
 * Opens what `save` or native usearch saved. Everything but the values of the vectors is checked before it is used.
 *
 * @param options As the index was created; `connectivity` comes from the file.
 * @throws UsearchError `file_corrupt`, `file_mismatch`, and what `createUsearchIndex` throws; what a stream throws.
 */
export async function loadUsearchIndex(saved: SavedIndex, options: WasmIndexOptions): Promise<UsearchIndex> {
  const wanted = checkOptions(options)
  const start = await engineStarter(options)
  const reader = new ChunkReader(saved)
  let engine = await start(wanted)
  try {
    const rows = readPrefix(await reader.read(prefixBytes), wanted)
    let left = rows * bytesOfVector(wanted)
    if (left > (options.maximumBytes ?? largestMemory)) {
      throw new UsearchError(
        'out_of_memory',
        'The saved index is larger than the memory it may take; raise maximumBytes.',
      )
    }
    while (left > 0) {
      const bytes = await reader.readSome(Math.min(left, copyBytes))
      engine.loadVectors(bytes)
      left -= bytes.byteLength
    }
    const removed = readHead(await reader.read(headBytes), rows, wanted)
    // Copies: what was checked must not change with the caller's bytes.
    const head = (await reader.read(graphHeadBytes)).slice()
    const shape = readGraphHead(head, rows)
    const levels = (await reader.read(rows * 2)).slice()
    const nodes = await reader.read(readLevels(levels, shape))
    await reader.end()
    checkNodes(nodes, levels, shape, removed)
    const settings = { ...wanted, connectivity: shape.connectivity }
    if (rows > 0) {
      engine.loadGraph(rows, [head, levels, nodes])
    } else {
      // Of an empty graph usearch takes nothing.
      engine.dispose()
      engine = await start(settings)
    }
    return new UsearchIndex(settings, engine, start)
  } catch (error) {
    engine.dispose()
    throw error
  } finally {
    await reader.close()
  }
}
