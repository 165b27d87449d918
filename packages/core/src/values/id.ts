import { textFault } from './text.ts'

/** UTF-16 units. */
export const longestId = 100

/**
 * What cannot be an id, because an address that ends with it leads elsewhere: dots are steps in a path, and the others are
 * endpoints beside those of single people. In any case: servers may pass over it.
 */
export const reservedIds: ReadonlySet<string> = new Set(['.', '..', 'lookup', 'search-live-face'])

/** What is wrong with the id of a new person or collection; see `textFault`. */
export function idFault(value: unknown): string | undefined {
  const fault = textFault(value, { least: 1, most: longestId })
  if (fault !== undefined) return fault
  return reservedIds.has((value as string).toLowerCase())
    ? `must not be one of ${[...reservedIds].join(', ')}, which mean something else in addresses`
    : undefined
}

/** UTF-16 units. */
const longestReference = 1000

/**
 * What is wrong with an id by which something is looked up. Stores may hold ids from before ids were checked, so any id
 * that could be one of those is accepted; one that does not exist is not found.
 */
export function idReferenceFault(value: unknown): string | undefined {
  const fits = typeof value === 'string' && value !== '' && value.length <= longestReference
  return fits ? undefined : `must be a string of 1 to ${longestId} characters`
}

/**
 * What is wrong with the id of a record to be deleted: looser than for a new one, so that all that a store holds can
 * be.
 */
export function heldIdFault(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? undefined : `must be a string of 1 to ${longestId} characters`
}
