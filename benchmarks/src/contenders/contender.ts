import type { Pixels } from '@visavis/core'
import { listOf } from '../arguments.ts'

/** A vector, or why there is none. */
export type Outcome = Float32Array | Refusal

export interface Refusal {
  /** An error's code, and its reasons. */
  readonly refused: string
}

/** Something that turns a crop into a vector. Each runs in a process of its own: TensorFlow.js has one engine a realm. */
export interface Contender {
  /** Named ways of doing it, from decoded pixels to the vector. */
  readonly operations: Readonly<Record<string, (crop: Pixels) => Promise<Outcome>>>
}

export type ContenderName = 'visavis' | RivalName
export type RivalName = (typeof rivalNames)[number]

export const rivalNames = ['face-api', 'human'] as const

/** What a rival does with a crop: its own pipeline, to its own descriptor, compared by Euclidean distance. */
export const ownPipeline = 'own'

export function isRefusal(outcome: Outcome): outcome is Refusal {
  return !(outcome instanceof Float32Array)
}

/** The rivals that `--rivals` names; all without it. Others are other suites'. */
export function rivalsOf(option: string | undefined): RivalName[] {
  const named = listOf(option, rivalNames)
  return rivalNames.filter((name) => named.includes(name))
}
