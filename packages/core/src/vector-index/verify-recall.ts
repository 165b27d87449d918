import type { SearchMode } from '../face.ts'
import type { Hit, VectorIndex } from './vector-index.ts'

export interface VerifyRecallOptions {
  /** How many enrolled templates are searched for, 1 to 100,000; all where there are fewer. @default 200 */
  probes?: number
  signal?: AbortSignal
}

/** What FAST found of what ACCURATE found, on the templates that are enrolled. */
export interface RecallReport {
  /** How many templates were searched for. */
  probes: number
  /** The share of probes, 0 to 1, for which FAST's first hit was as good as ACCURATE's. */
  recall1: number
  /** The share of ACCURATE's first ten hits that FAST gave too. */
  recall10: number
  /** Medians, milliseconds. */
  fastMilliseconds: number
  accurateMilliseconds: number
}

const depth = 10

/**
 * Searches for templates that are in the index, each among all the others, in both modes. That is harder than searching
 * for an enrolled person: the most similar stranger stands out less from the next one than a person from strangers.
 */
export async function verifyRecall(
  index: VectorIndex,
  { probes = 200, signal }: VerifyRecallOptions = {},
): Promise<RecallReport> {
  const keys = [...index.keys()]
  const step = Math.max(1, keys.length / probes)
  let asked = 0
  let first = 0
  let found = 0
  let wanted = 0
  const fastTimes: number[] = []
  const accurateTimes: number[] = []
  for (let at = 0; at < keys.length; at += step) {
    signal?.throwIfAborted()
    const key = keys[Math.floor(at)] as number
    const probe = index.get(key)
    if (probe === undefined) continue
    // One more than is compared: the template itself.
    const others = async (mode: SearchMode, times: number[]): Promise<Hit[]> => {
      const started = performance.now()
      const hits = await index.search(probe, { mode, limit: depth + 1 })
      times.push(performance.now() - started)
      return hits.filter((hit) => hit.key !== key).slice(0, depth)
    }
    const accurate = await others('ACCURATE', accurateTimes)
    const fast = await others('FAST', fastTimes)
    asked++
    // A tie counts as found: the order of equal similarities is arbitrary.
    if (accurate.length === 0 || (fast[0]?.similarity ?? -1) >= (accurate[0]?.similarity ?? -1) - 1e-6) first++
    const given = new Set(fast.map((hit) => hit.key))
    wanted += accurate.length
    found += accurate.filter((hit) => given.has(hit.key)).length
    // Yields to the event loop.
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return {
    probes: asked,
    recall1: asked === 0 ? 1 : first / asked,
    recall10: wanted === 0 ? 1 : found / wanted,
    fastMilliseconds: median(fastTimes),
    accurateMilliseconds: median(accurateTimes),
  }
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0
}
