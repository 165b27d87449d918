import { VisavisError } from './errors.ts'
import type { SearchMode } from './face.ts'
import type { Crop } from './image/crop.ts'
import type {
  CallOptions,
  CompareOptions,
  ListPersonsOptions,
  NewCollection,
  NewPerson,
  PersonChanges,
  SearchOptions,
  VerifyOptions,
} from './searcher.ts'
import { birthDateFault } from './values/birth-date.ts'
import { heldIdFault, idFault, idReferenceFault } from './values/id.ts'
import {
  collectionNameRule,
  descriptionRule,
  nameFault,
  nationalityRule,
  normalName,
  notesRule,
} from './values/name.ts'
import {
  abortSignal,
  checkOptions,
  integer,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  text,
  valueOf,
  type OptionCheck,
  type OptionShape,
} from './values/option-shape.ts'
import { textFault } from './values/text.ts'
import type { VerifyRecallOptions } from './vector-index/verify-recall.ts'

/** The most crops of one face that a call takes, and the most pictures a person is enrolled with. */
const mostCrops = 3
const mostResults = 100
const largestPage = 100

/** The id of what is there, or of what may be there. */
export const idReference: OptionCheck = valueOf(idReferenceFault)
const heldId = valueOf(heldIdFault)
const score = number(0.5, 1)
const mode = oneOf('FAST', 'ACCURATE')

export const callOptions: OptionShape<CallOptions> = { signal: optional(abortSignal) }

const compareOptions: OptionShape<CompareOptions> = { minScore: score, mode, ...callOptions }

const verifyOptions: OptionShape<VerifyOptions> = { ...compareOptions, collectionId: optional(idReference) }

export const searchOptions: OptionShape<SearchOptions> = {
  ...verifyOptions,
  maxResults: optional(integer(1, mostResults)),
}

export const listOptions: OptionShape<ListPersonsOptions> = {
  collectionId: optional(idReference),
  name: optional(text(1, 100)),
  page: optional(integer(1, Number.MAX_SAFE_INTEGER)),
  limit: optional(integer(1, largestPage)),
}

const details = {
  gender: nullable(oneOf('M', 'F')),
  dateOfBirth: nullable(valueOf((value) => birthDateFault(value))),
  nationality: nullable(valueOf((value) => textFault(value, nationalityRule))),
  notes: nullable(valueOf((value) => textFault(value, notesRule))),
  collections: optional(listOf(idReference)),
}
const name = valueOf((value) => nameFault(value))
const images: OptionCheck = (option, value) => void checkCrops(option, value as Crop)

const newPerson: OptionShape<NewPerson> = { id: optional(valueOf(idFault)), name, images, ...details }
const personChanges: OptionShape<PersonChanges> = {
  name: optional(name),
  images: optional(images),
  ...details,
  join: optional(listOf(idReference)),
  leave: optional(listOf(idReference)),
}

const collectionName = valueOf((value) => nameFault(value, collectionNameRule))
const description = optional(valueOf((value) => textFault(value, descriptionRule)))
const newCollection: OptionShape<NewCollection> = {
  id: optional(valueOf(idFault)),
  name: collectionName,
  description,
}
const collectionChanges: OptionShape<Omit<NewCollection, 'id'>> = { name: optional(collectionName), description }

const recallOptions: OptionShape<VerifyRecallOptions> = { probes: optional(integer(1, 100_000)), ...callOptions }

/**
 * The options of a search with their defaults.
 *
 * @param shape With the options that an implementation knows beside core's.
 * @throws VisavisError `invalid_option`, as all of these functions
 */
export function checkSearchOptions(
  options: SearchOptions,
  shape: OptionShape<SearchOptions> = searchOptions,
): { minScore: number; mode: SearchMode; maxResults: number } {
  checkOptions('options', shape, options)
  return { minScore: options.minScore, mode: options.mode, maxResults: options.maxResults ?? 10 }
}

export function checkVerifyOptions(options: VerifyOptions): void {
  checkOptions('options', verifyOptions, options)
}

export function checkCompareOptions(options: CompareOptions): void {
  checkOptions('options', compareOptions, options)
}

/** Of a call that can only be stopped. */
export function checkCallOptions(options: CallOptions): void {
  checkOptions('options', callOptions, options)
}

export function checkRecallOptions(options: VerifyRecallOptions): void {
  checkOptions('options', recallOptions, options)
}

export function checkCrops(option: string, crops: Crop | readonly Crop[]): readonly Crop[] {
  const list = isList(crops) ? crops : [crops]
  if (list.length < 1 || list.length > mostCrops) {
    throw new VisavisError(
      'invalid_option',
      `${option} must be one to ${mostCrops} pictures of one person; ${list.length} were passed.`,
    )
  }
  return list
}

/** @returns the person as they are kept: the name in its normal form */
export function checkNewPerson(person: NewPerson): NewPerson {
  checkOptions('person', newPerson, person)
  return { ...person, name: normalName(person.name) }
}

/** @returns the changes as they are kept: the name in its normal form */
export function checkPersonChanges(changes: PersonChanges): PersonChanges {
  checkOptions('changes', personChanges, changes)
  const { collections, join = [], leave = [] } = changes
  if (collections !== undefined && (changes.join !== undefined || changes.leave !== undefined)) {
    throw new VisavisError('invalid_option', 'collections replaces all there were; pass it, or join and leave.')
  }
  if (join.some((id) => leave.includes(id))) {
    throw new VisavisError('invalid_option', 'join and leave name the same collection; pass it in one of them.')
  }
  return changes.name === undefined ? changes : { ...changes, name: normalName(changes.name) }
}

/** @returns the collection as it is kept: the name in its normal form */
export function checkNewCollection(collection: NewCollection): NewCollection {
  checkOptions('collection', newCollection, collection)
  return { ...collection, name: normalName(collection.name) }
}

/** @returns the changes as they are kept: the name in its normal form */
export function checkCollectionChanges(
  changes: Partial<Omit<NewCollection, 'id'>>,
): Partial<Omit<NewCollection, 'id'>> {
  checkOptions('changes', collectionChanges, changes)
  return changes.name === undefined ? changes : { ...changes, name: normalName(changes.name) }
}

/** The options of a list with their defaults. @param shape As of {@link checkSearchOptions}. */
export function checkListOptions(
  options: ListPersonsOptions,
  shape: OptionShape<ListPersonsOptions> = listOptions,
): { page: number; limit: number } {
  checkOptions('options', shape, options)
  return { page: options.page ?? 1, limit: options.limit ?? 10 }
}

/** @param option What the id is called. */
export function checkId(option: string, id: string): void {
  idReference(option, id)
}

/** Of what is to be deleted. */
export function checkHeldId(id: string): void {
  heldId('id', id)
}

function isList(crops: Crop | readonly Crop[]): crops is readonly Crop[] {
  return Array.isArray(crops)
}
