import { falseMatchRate, type Candidate, type Person } from '@visavis/core'
import { printable } from './printable.ts'

/** A person as `--json` prints them: all but the pictures. */
export interface PersonView extends Omit<Person, 'collections' | 'thumbnails'> {
  readonly collections: readonly { readonly id: string; readonly name: string }[]
  /** How many views are enrolled. */
  readonly views: number
}

export interface CandidateView extends PersonView {
  readonly score: number
  /** How often a stranger reaches this score, 0..1. */
  readonly falseMatchRate: number
}

export function viewPerson({ collections, thumbnails, ...person }: Person): PersonView {
  return { ...person, collections: collections.map(({ id, name }) => ({ id, name })), views: thumbnails.length }
}

export function viewCandidate({ score, ...person }: Candidate): CandidateView {
  return { ...viewPerson(person), score, falseMatchRate: falseMatchRate(score) }
}

/** Another engine's scores have a rate of their own, which is not known here. */
export function viewRemoteCandidate({ score, ...person }: Candidate): Omit<CandidateView, 'falseMatchRate'> {
  return { ...viewPerson(person), score }
}

/** The name for a terminal; people of other services may have none. */
export function printableName({ name }: Pick<Person, 'name'>): string {
  return name === null ? '(no name)' : printable(name)
}
