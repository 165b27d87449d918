import type { CollectionRecord, PersonRecord } from './store.ts'
import { birthDateFault } from '../values/birth-date.ts'
import { idFault } from '../values/id.ts'
import {
  collectionNameRule,
  descriptionRule,
  nameFault,
  nationalityRule,
  normalName,
  notesRule,
} from '../values/name.ts'
import { textFault } from '../values/text.ts'

type PersonValues = Omit<PersonRecord, 'faces'>

/** What is wrong with a value of this name; `undefined` where nothing is. */
type Faults<Values> = { readonly [Name in keyof Values]-?: (value: unknown) => string | undefined }

const personFaults: Faults<PersonValues> = {
  id: idFault,
  name: orNull((value) => nameFault(value)),
  gender: orNull((value) => (value === 'M' || value === 'F' ? undefined : "must be 'M', 'F' or null")),
  dateOfBirth: orNull((value) => birthDateFault(value)),
  nationality: orNull((value) => textFault(value, nationalityRule)),
  notes: orNull((value) => textFault(value, notesRule)),
  // Whether the collections exist is checked when the person is put.
  collectionIds: (value) => (isListOfTexts(value) ? undefined : 'must be a list of ids'),
  createdAt: timeFault,
  modifiedAt: timeFault,
}

const collectionFaults: Faults<CollectionRecord> = {
  id: idFault,
  name: (value) => nameFault(value, collectionNameRule),
  description: (value) => textFault(value, descriptionRule),
  createdAt: timeFault,
  modifiedAt: timeFault,
}

/**
 * What is wrong with the details of a person, as `name must be a string of 1 to 100 characters`; `undefined` where nothing
 * is. The value itself is no part of it.
 *
 * @param before What may stay as it is: the same person as they are kept now.
 */
export function personFault(person: PersonValues, before?: PersonValues): string | undefined {
  return recordFault(person, personFaults, before)
}

/** {@link personFault} of a collection. */
export function collectionFault(collection: CollectionRecord, before?: CollectionRecord): string | undefined {
  return recordFault(collection, collectionFaults, before)
}

export function normalPerson<Person extends PersonValues>(person: Person): Person {
  return person.name === null ? person : { ...person, name: normalName(person.name) }
}

export function normalCollection(collection: CollectionRecord): CollectionRecord {
  return { ...collection, name: normalName(collection.name) }
}

function recordFault<Values extends object>(
  values: Values,
  faults: Faults<Values>,
  before: Values | undefined,
): string | undefined {
  if (typeof values !== 'object' || values === null) return 'must be an object'
  for (const name of Object.keys(faults) as (keyof Values & string)[]) {
    if (before !== undefined && values[name] === before[name]) continue
    const fault = faults[name](values[name])
    if (fault !== undefined) return `${name} ${fault}`
  }
  return undefined
}

function orNull(fault: (value: unknown) => string | undefined): (value: unknown) => string | undefined {
  return (value) => (value === null ? undefined : fault(value))
}

function timeFault(value: unknown): string | undefined {
  const isTime = typeof value === 'string' && value.length <= 40 && !Number.isNaN(Date.parse(value))
  return isTime ? undefined : 'must be a time in ISO 8601'
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}
