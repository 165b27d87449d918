import type { SearchChoice, SearchResult } from '@visavis/core'
import { flag, invalidOption, number, oneOf, optional, type OptionShape } from '@visavis/core/kit'

/**
 * When a face is sent to the cloud. Without any of it, none is: only what is named here lets one leave the device.
 */
export interface FallbackPolicy {
  /**
   * `remote` sends every face, and asks this device where the cloud does not answer; `local` sends those for which
   * something below holds. @default 'local'
   */
  first?: 'local' | 'remote'
  /** This device does not have the collection. @default false */
  collectionMissing?: boolean
  /** This device still loads, or its recognition or its store failed. @default false */
  localNotReady?: boolean
  /** This device found no person: sends the face of every person who is not enrolled. @default false */
  nobodyFound?: boolean
  /** This device's best score is at least the first and below the second, each 0.5 to 1. */
  uncertain?: readonly [from: number, below: number]
  /** This device's data of the collection is older, milliseconds. */
  olderThan?: number
  /**
   * The least score in the cloud, 0.5 to 1. Its engine is another one, so its scores mean something else.
   * @default that of the search
   */
  remoteMinScore?: number
}

const score = number(0.5, 1)

export const policyOptions: OptionShape<FallbackPolicy> = {
  first: optional(oneOf('local', 'remote')),
  collectionMissing: optional(flag),
  localNotReady: optional(flag),
  nobodyFound: optional(flag),
  uncertain: optional((name, value) => {
    if (!Array.isArray(value) || value.length !== 2 || !(value[0] < value[1])) {
      throw invalidOption(name, 'must be two scores, the lower one first')
    }
    for (const one of value) score(name, one)
  }),
  olderThan: optional(number(0, Number.MAX_VALUE)),
  remoteMinScore: optional(score),
}

/** Why what this device found is not enough; `null` where it is. */
export function whyNotEnough(
  { candidates, collectionAge }: SearchResult,
  { nobodyFound = false, uncertain, olderThan }: FallbackPolicy,
): SearchChoice['reason'] | null {
  if (olderThan !== undefined && collectionAge !== undefined && collectionAge > olderThan) return 'outdated'
  const best = candidates[0]?.score
  if (best === undefined) return nobodyFound ? 'nobody_found' : null
  return uncertain !== undefined && best >= uncertain[0] && best < uncertain[1] ? 'uncertain' : null
}
