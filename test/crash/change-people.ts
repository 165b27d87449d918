import type { FaceMatcher } from '@visavis/core'
import { pictureOf } from '../support/color-recognizer.ts'
import { seeded } from './seeded.ts'

export interface PeopleTask {
  readonly seed: number
  /** Who is enrolled, by id: the number of their picture. */
  readonly people: Readonly<Record<string, number>>
}

/** What the child says, one after the other: of a person the number of their picture, `null` where they are deleted. */
export type ChildWord =
  | { readonly at: 'open' | 'end' }
  | { readonly at: 'begin' | 'done'; readonly id: string; readonly number: number | null }
  | { readonly at: 'begin' | 'done'; readonly step: number }

/** Enrolls, changes and deletes people for ever; begins nothing before what it says of it was heard. */
export async function changePeople(
  { persons }: Pick<FaceMatcher, 'persons'>,
  { seed, people: before }: PeopleTask,
  say: (word: ChildWord) => void | Promise<void>,
): Promise<never> {
  const random = seeded(seed)
  const people = new Map(Object.entries(before))
  for (;;) {
    const id = `p${random(25)}`
    const number = people.has(id) && random(4) === 0 ? null : random(4096)
    await say({ at: 'begin', id, number })
    if (number === null) await persons.delete(id)
    else if (people.has(id)) await persons.update(id, { name: `Name ${number}`, images: [pictureOf(number)] })
    else await persons.create({ id, name: `Name ${number}`, images: [pictureOf(number)] })
    await say({ at: 'done', id, number })
    if (number === null) people.delete(id)
    else people.set(id, number)
  }
}
