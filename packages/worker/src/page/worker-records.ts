import type { GalleryRecords } from '@visavis/core'
import type { MatcherConnection } from './matcher-connection.ts'
import { onOwnBuffers } from '../own-buffers.ts'
import type { MatcherCall, MatcherCalls } from '../protocol.ts'
import { TakenPictures } from './taken-pictures.ts'

/**
 * The records of the gallery in a worker. What is passed stays the caller's: bytes and pictures are copied, never moved.
 *
 * @param check Throws where the matcher is closed.
 */
export function workerRecords(connection: MatcherConnection, check: () => void): GalleryRecords {
  const ask = async <C extends MatcherCall>(
    call: C,
    args: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Awaited<ReturnType<MatcherCalls[C]>>> => {
    check()
    const moved: Transferable[] = []
    return connection.ask(call, onOwnBuffers(args, moved), { moved, signal })
  }
  return {
    get model() {
      return connection.model
    },
    ids: (collectionId) => ask('records.ids', [collectionId]),
    persons: (ids) => ask('records.persons', [ids]),
    collections: () => ask('records.collections', []),
    state: (key) => ask('records.state', [key]),
    states: (prefix) => ask('records.states', [prefix]),
    revision: () => ask('records.revision', []),
    apply: (changes, revision) => ask('records.apply', [changes, revision]),
    async faces(images, signal) {
      check()
      signal?.throwIfAborted()
      const pictures = new TakenPictures(true)
      try {
        const taken = await pictures.take(images)
        return await connection.ask('records.faces', [taken, undefined], { moved: pictures.transfer, signal })
      } catch (error) {
        pictures.drop()
        throw error
      }
    },
    renewed: (faces, signal) => ask('records.renewed', [faces, undefined], signal),
  }
}
