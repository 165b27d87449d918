import type { Sighting } from './face-reader.ts'

/** What the card says of the face that is nearest. */
export type Answer =
  | { kind: 'nobody_there' }
  | { kind: 'match'; sighting: Sighting & { candidate: NonNullable<Sighting['candidate']> }; from: 'device' | 'cloud' }
  | { kind: 'stranger'; sighting: Sighting }
  | { kind: 'unclear'; sighting: Sighting }

export function answerOf(sighting: Sighting | undefined): Answer {
  if (sighting === undefined) return { kind: 'nobody_there' }
  const { candidate } = sighting
  if (candidate !== null) return { kind: 'match', sighting: { ...sighting, candidate }, from: 'device' }
  return { kind: sighting.reasons.length > 0 ? 'unclear' : 'stranger', sighting }
}

/** How long the last answer stays when the face is gone, milliseconds. */
const lingering = 1200

/**
 * Holds answers still: another one is given when two looks in a row agree on it, so that a single odd frame neither
 * opens nor takes back anything.
 */
export class SteadyAnswer {
  #shown: Answer = { kind: 'nobody_there' }
  #before = ''
  #lastSeen = Number.NEGATIVE_INFINITY

  /** @param now milliseconds */
  next(answer: Answer, now: number): Answer {
    const key = keyOf(answer)
    if (answer.kind !== 'nobody_there') this.#lastSeen = now
    const settled = answer.kind === 'nobody_there' ? now - this.#lastSeen >= lingering : key === this.#before
    if (settled || key === keyOf(this.#shown)) this.#shown = answer
    this.#before = key
    return this.#shown
  }

  reset(): void {
    this.#shown = { kind: 'nobody_there' }
    this.#before = ''
    this.#lastSeen = Number.NEGATIVE_INFINITY
  }
}

/** Two answers with one key are the same answer; the score may differ. */
export function keyOf(answer: Answer): string {
  return answer.kind === 'match' ? `match ${answer.from} ${answer.sighting.candidate.id}` : answer.kind
}
