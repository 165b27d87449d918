import type { SearchChoice, SearchResult } from '@visavis/core'
import { checkNumber, invalid } from '../client/client-options.ts'

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
  /** This device found nobody: sends the face of everybody who is not enrolled. @default false */
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

/** @throws VisavisError `invalid_option` */
export function checkPolicy(policy: FallbackPolicy): void {
  if (typeof policy !== 'object' || policy === null) throw invalid('policy must be an object')
  const { first, uncertain, olderThan, remoteMinScore } = policy
  if (first !== undefined && first !== 'local' && first !== 'remote') {
    throw invalid("policy.first must be 'local' or 'remote'")
  }
  for (const name of ['collectionMissing', 'localNotReady', 'nobodyFound'] as const) {
    if (policy[name] !== undefined && typeof policy[name] !== 'boolean') {
      throw invalid(`policy.${name} must be true or false`)
    }
  }
  if (uncertain !== undefined) {
    if (!Array.isArray(uncertain) || uncertain.length !== 2 || !(uncertain[0] < uncertain[1])) {
      throw invalid('policy.uncertain must be two scores, the lower one first')
    }
    for (const score of uncertain) checkNumber('policy.uncertain', score, 0.5, 1)
  }
  if (olderThan !== undefined) checkNumber('policy.olderThan', olderThan, 0, Number.MAX_VALUE)
  if (remoteMinScore !== undefined) checkNumber('policy.remoteMinScore', remoteMinScore, 0.5, 1)
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
