import type { Collection, CollectionRecord, Person } from '@visavis/core'
import { collectionNameRule, descriptionRule, idFault, nameFault, personFault, textFault } from '@visavis/core/kit'
import type { SyncProblem } from './sync-report.ts'

/** An id is shown in a report up to here; a service may send one of any length. */
const longestShownId = 200

/**
 * What is wrong with a person of the service, by the rules for people who are enrolled here.
 *
 * @returns the name of the field, or `undefined` where the person can be taken over
 */
export function faultOf(person: Person): string | undefined {
  return personFault({ ...person, collectionIds: [] })?.split(' ', 1)[0]
}

/** Whether a person or a collection can have this id here. */
export function isUsableId(id: string): boolean {
  return idFault(id) === undefined
}

/** A problem of a record that is left out. @param fault The field that is wrong, where it is known. */
export function invalidRecord(id: string | null, fault: string | undefined): SyncProblem {
  const personId = (id ?? '').slice(0, longestShownId).replace(/\p{Surrogate}/gu, '\u{FFFD}')
  return { personId, code: 'invalid_record', ...(fault !== undefined && { field: fault }) }
}

/**
 * A collection of the service as it is kept here. A name or description that no collection has here is no reason to keep
 * the people out: the ones that are here stay, or the id and nothing take their place.
 */
export function collectionRecord(
  { id, name, description, createdAt, modifiedAt }: Collection,
  known: CollectionRecord | undefined,
): CollectionRecord {
  const isNamed = nameFault(name, collectionNameRule) === undefined
  const isDescribed = textFault(description, descriptionRule) === undefined
  return {
    id,
    name: isNamed ? name : (known?.name ?? id.slice(0, collectionNameRule.most)),
    description: isDescribed ? description : (known?.description ?? ''),
    createdAt,
    modifiedAt,
  }
}
