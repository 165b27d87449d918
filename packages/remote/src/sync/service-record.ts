import { isVisavisError, type Collection, type CollectionRecord, type Person } from '@visavis/core'
import { checkCollectionChanges, checkId, checkPersonChanges } from '@visavis/core/options'
import type { SyncProblem } from './sync-report.ts'

/** An id is shown in a report up to here; a service may send one of any length. */
const longestShownId = 200

/**
 * What is wrong with a person of the service, by the rules that hold for everybody who is enrolled here.
 *
 * @returns the name of the field, or `undefined` where the person can be taken over
 */
export function faultOf({ id, name, dateOfBirth, nationality, notes }: Person): string | undefined {
  const checks: Record<string, () => void> = {
    id: () => checkId('id', id),
    name: () => name !== null && checkPersonChanges({ name }),
    dateOfBirth: () => checkPersonChanges({ dateOfBirth }),
    nationality: () => checkPersonChanges({ nationality }),
    notes: () => checkPersonChanges({ notes }),
  }
  return Object.keys(checks).find((field) => !passes(checks[field] as () => void))
}

/** Whether a person can have this id here. */
export function isUsableId(id: string): boolean {
  return passes(() => checkId('id', id))
}

/** A problem of a record that is left out. @param fault The first field that is wrong. */
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
  return {
    id,
    createdAt,
    modifiedAt,
    name: passes(() => checkCollectionChanges({ name })) ? name : (known?.name ?? id.slice(0, 50)),
    description: passes(() => checkCollectionChanges({ description })) ? description : (known?.description ?? ''),
  }
}

function passes(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (isVisavisError(error, 'invalid_option')) return false
    throw error
  }
}
