import { VisavisError } from './errors.ts'
import type { VerifyRecallOptions } from './vector-index/verify-recall.ts'
import type { Crop } from './image/crop.ts'
import type { Gender, ListPersonsOptions, NewCollection, NewPerson, PersonChanges, SearchOptions } from './searcher.ts'

/** The most crops of one face that a call takes, and the most pictures a person is enrolled with. */
const mostCrops = 3
const mostResults = 100
const largestPage = 100

/** Checks what callers pass; each function throws `invalid_option` with the option's name and what it may be. */
export function checkSearchOptions(
  options: SearchOptions,
): Required<Pick<SearchOptions, 'minScore' | 'mode' | 'maxResults'>> {
  checkObject('options', options)
  checkMatchOptions(options)
  const { maxResults = 10 } = options
  checkInteger('maxResults', maxResults, 1, mostResults)
  return { minScore: options.minScore, mode: options.mode, maxResults }
}

export function checkMatchOptions(options: Pick<SearchOptions, 'minScore' | 'mode' | 'collectionId'>): void {
  checkObject('options', options)
  const { minScore, mode, collectionId } = options
  if (typeof minScore !== 'number' || !(minScore >= 0.5 && minScore <= 1)) {
    throw invalidOption('minScore', 'a number from 0.5 to 1', minScore)
  }
  if (mode !== 'FAST' && mode !== 'ACCURATE') throw invalidOption('mode', "'FAST' or 'ACCURATE'", mode)
  if (collectionId !== undefined) checkText('collectionId', collectionId, 1, 100)
}

export function checkRecallOptions(options: VerifyRecallOptions): void {
  checkObject('options', options)
  if (options.probes !== undefined) checkInteger('probes', options.probes, 1, 100_000)
}

export function checkCrops(name: string, crops: Crop | readonly Crop[]): readonly Crop[] {
  const list = isList(crops) ? crops : [crops]
  if (list.length < 1 || list.length > mostCrops) {
    throw new VisavisError(
      'invalid_option',
      `${name} must be one to ${mostCrops} pictures of one person; ${list.length} were passed.`,
    )
  }
  return list
}

export function checkNewPerson(person: NewPerson): void {
  checkObject('person', person)
  if (person.id !== undefined) checkText('id', person.id, 1, 100)
  checkText('name', person.name, 1, 100)
  checkCrops('images', person.images)
  checkDetails(person)
}

export function checkPersonChanges(changes: PersonChanges): void {
  checkObject('changes', changes)
  if (changes.name !== undefined) checkText('name', changes.name, 1, 100)
  if (changes.images !== undefined) checkCrops('images', changes.images)
  checkDetails(changes)
}

export function checkNewCollection(collection: NewCollection): void {
  checkCollectionChanges(collection)
  checkText('name', collection.name, 1, 50)
}

export function checkCollectionChanges(collection: Partial<NewCollection>): void {
  checkObject('collection', collection)
  const { id, name, description } = collection
  if (id !== undefined) checkText('id', id, 1, 100)
  if (name !== undefined) checkText('name', name, 1, 50)
  if (description !== undefined) checkText('description', description, 0, 100)
}

export function checkListOptions({ collectionId, name, page = 1, limit = 10 }: ListPersonsOptions): {
  page: number
  limit: number
} {
  if (collectionId !== undefined) checkText('collectionId', collectionId, 1, 100)
  if (name !== undefined) checkText('name', name, 1, 100)
  checkInteger('page', page, 1, Number.MAX_SAFE_INTEGER)
  checkInteger('limit', limit, 1, largestPage)
  return { page, limit }
}

export function checkId(name: string, id: string): void {
  checkText(name, id, 1, 100)
}

function checkDetails(person: PersonChanges): void {
  const { gender, dateOfBirth, nationality, notes, collections } = person
  if (gender !== undefined && gender !== null && !isGender(gender)) {
    throw invalidOption('gender', "'M', 'F' or null", gender)
  }
  if (dateOfBirth !== undefined && dateOfBirth !== null && !isDate(dateOfBirth)) {
    throw invalidOption('dateOfBirth', 'a day as YYYY-MM-DD, or null')
  }
  if (nationality !== undefined && nationality !== null) checkText('nationality', nationality, 0, 100)
  if (notes !== undefined && notes !== null) checkText('notes', notes, 0, 500)
  if (collections !== undefined) {
    if (!Array.isArray(collections)) throw invalidOption('collections', 'a list of ids')
    for (const id of collections) checkText('collections', id, 1, 100)
  }
}

function isList(crops: Crop | readonly Crop[]): crops is readonly Crop[] {
  return Array.isArray(crops)
}

function isGender(value: unknown): value is Gender {
  return value === 'M' || value === 'F'
}

function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false
  const time = Date.parse(`${value}T00:00:00Z`)
  // A day that does not exist, such as February 30, is moved on by the parser or refused.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}

function checkObject(name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw invalidOption(name, 'an object', value)
}

function checkText(name: string, value: unknown, least: number, most: number): void {
  if (typeof value !== 'string' || value.length < least || value.length > most) {
    throw invalidOption(name, `a string of ${least} to ${most} characters`)
  }
}

function checkInteger(name: string, value: unknown, least: number, most: number): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw invalidOption(name, `a whole number from ${least} to ${most}`, value)
  }
}

/** @param value Shown in the message; left out where it could be personal. */
function invalidOption(name: string, expected: string, value?: unknown): VisavisError {
  const shown = typeof value === 'number' || typeof value === 'boolean' || value === null
  const got = shown ? `, not ${String(value)}` : ''
  return new VisavisError('invalid_option', `${name} must be ${expected}${got}.`)
}
