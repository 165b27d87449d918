import type { VectorIndex } from '../../../packages/core/src/vector-index/vector-index.ts'

/** Waits until the index is settled; its work in the background alone would keep no process running. */
export async function settled(index: VectorIndex): Promise<void> {
  const alive = setInterval(() => undefined, 1000)
  try {
    await index.settled()
  } finally {
    clearInterval(alive)
  }
}
