import { isVisavisError, type Candidate, type FaceMatcher, type SearchMode } from '@visavis/core'
import type { Role } from './cast.ts'
import { alterations, cutProbe, type Alteration } from './probe.ts'

/**
 * `found`: an enrolled person, found as themselves. `rejected`: a stranger, not found. `missed`: an enrolled person,
 * not found. `wrong_person`: an enrolled person, found as another. `stranger_accepted`: a stranger, found as a person.
 */
export type Outcome = 'found' | 'rejected' | 'missed' | 'wrong_person' | 'stranger_accepted'

/** One probe, and what the matcher made of it. */
export interface Trial {
  /** Who the probe shows: the face that it was cut from. */
  readonly role: Role
  readonly alteration: Alteration
  /** A JPEG. */
  readonly probe: Uint8Array
  /** Best first, from the least score there is; the first is a match where its score reaches `minScore`. */
  readonly candidates: readonly Candidate[]
  readonly outcome: Outcome
  /** Why the probe was refused; counts as not found. */
  readonly refusal: string | null
  readonly milliseconds: number
}

export interface TrialOptions {
  readonly minScore: number
  readonly mode: SearchMode
  readonly signal: AbortSignal
}

/** Below this no search answers; what is between it and `minScore` is shown, but no match. */
const leastScore = 0.5

/** Puts one probe of a face to the matcher. @param number of the trial, which chooses how the probe is altered */
export async function tryProbe(
  matcher: FaceMatcher,
  role: Role,
  number: number,
  options: TrialOptions,
): Promise<Trial> {
  const { minScore, mode, signal } = options
  const alteration = alterations[number % alterations.length] as Alteration
  const probe = await cutProbe(role.photograph.bytes, role.face.box, alteration)
  const started = performance.now()
  let candidates: Candidate[] = []
  let refusal: string | null = null
  try {
    candidates = (await matcher.search(probe, { minScore: leastScore, mode, signal })).candidates
  } catch (error) {
    if (!isVisavisError(error) || error.name !== 'InputError') throw error
    refusal = error.message
  }
  const milliseconds = performance.now() - started
  const [best] = candidates
  const match = best !== undefined && best.score >= minScore ? best : null
  return { role, alteration, probe, candidates, outcome: judge(role, match), refusal, milliseconds }
}

export function isRight({ outcome }: Trial): boolean {
  return outcome === 'found' || outcome === 'rejected'
}

function judge({ id }: Role, match: Candidate | null): Outcome {
  if (match === null) return id === null ? 'rejected' : 'missed'
  if (id === null) return 'stranger_accepted'
  return match.id === id ? 'found' : 'wrong_person'
}
