import { createMatcher, type PersonRecord, type Store } from '@visavis/core'
import { expect } from 'vitest'
import { colorRecognizer, pictureOf, templateOf } from '../support/color-recognizer.ts'
import type { ChildWord } from './change-people.ts'

const search = { minScore: 0.9, mode: 'FAST' } as const

/** Who is enrolled, by id: the number of their picture. */
export type Numbers = Map<string, number>

/** What may be in the store after a kill: for everyone what was acknowledged, and for one perhaps what was under way. */
export interface Account {
  readonly sure: Numbers
  readonly pending: { id: string; number: number | null } | undefined
}

/** @param before Who was in the store when the child began. */
export function account(before: Numbers, said: readonly ChildWord[]): Account {
  const sure = new Map(before)
  let pending: Account['pending']
  for (const word of said) {
    if (!('id' in word)) continue
    const { id, number } = word
    pending = word.at === 'begin' ? { id, number } : undefined
    if (word.at !== 'done') continue
    if (number === null) sure.delete(id)
    else sure.set(id, number)
  }
  return { sure, pending }
}

export async function everybody(store: Store): Promise<PersonRecord[]> {
  return (await store.listPersons({ offset: 0, limit: 1000 })).persons
}

/** Holds a store against what is known, and gives back who is in it. */
export async function check(store: Store, { sure, pending }: Account): Promise<Numbers> {
  const there: Numbers = new Map()
  for (const { id, name, faces } of await everybody(store)) {
    const number = Number(name?.replace('Name ', ''))
    there.set(id, number)
    // Name, template and thumbnail are of one write.
    expect(faces).toHaveLength(1)
    expect(faces[0]?.template).toEqual(templateOf(number))
  }
  const before = Object.fromEntries(sure)
  const after = { ...before }
  if (pending?.number === null) delete after[pending.id]
  else if (pending !== undefined) after[pending.id] = pending.number
  expect([before, after]).toContainEqual(Object.fromEntries(there))
  await using matcher = await createMatcher({ recognizer: colorRecognizer(), store })
  for (const [id, number] of there) {
    const { candidates } = await matcher.search(pictureOf(number), search)
    expect(candidates.map((candidate) => candidate.id)).toContain(id)
    for (const candidate of candidates) expect(there.get(candidate.id)).toBe(number)
  }
  for (const number of sure.values()) {
    if ([...there.values()].includes(number)) continue
    expect((await matcher.search(pictureOf(number), search)).candidates).toEqual([])
  }
  return there
}
