import type { MembershipChange, PersonRecord } from './store.ts'

/** The collections of a person who is put from an area that decides about `within`; without it, about all. */
export function joined(
  staged: readonly string[],
  before: readonly string[],
  within: readonly string[] | undefined,
): readonly string[] {
  if (within === undefined) return staged
  return [...new Set([...staged, ...before.filter((id) => !within.includes(id))])]
}

/** A person's row as it is after they have joined or left; `undefined` where that changes nothing. */
export function moved<Row extends Pick<PersonRecord, 'collectionIds' | 'modifiedAt'>>(
  person: Row | undefined,
  { kind, collectionId, modifiedAt }: MembershipChange,
): Row | undefined {
  const isJoining = kind === 'join_collection'
  if (person === undefined || person.collectionIds.includes(collectionId) === isJoining) return undefined
  const others = person.collectionIds.filter((id) => id !== collectionId)
  return { ...person, collectionIds: isJoining ? [...others, collectionId] : others, modifiedAt }
}
