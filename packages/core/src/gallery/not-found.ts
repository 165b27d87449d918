import { VisavisError } from '../errors.ts'

export function personNotFound(): VisavisError {
  return new VisavisError('person_not_found', 'Nobody with this id is enrolled here; list people with persons.list().')
}

export function collectionNotFound(): VisavisError {
  return new VisavisError(
    'collection_not_found',
    'There is no collection with this id; list them with collections.list().',
  )
}

/** Of a change that names a collection. */
export function unknownCollection(): VisavisError {
  return new VisavisError(
    'collection_not_found',
    'A person is in a collection that does not exist; put the collection first.',
  )
}
