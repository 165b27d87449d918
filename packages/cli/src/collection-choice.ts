import type { Collection, Collections } from '@visavis/core'
import { CommandError } from './command-error.ts'

/** A matcher or a client. */
interface Owner {
  readonly collections: Pick<Collections, 'list'>
}

/**
 * The collection with this id or, where none has it, this name; `null` where there is neither.
 *
 * @throws CommandError `usage` where several have the name.
 */
export async function findCollection(owner: Owner, idOrName: string): Promise<Collection | null> {
  const collections = await owner.collections.list()
  const byId = collections.find(({ id }) => id === idOrName)
  if (byId !== undefined) return byId
  const [first, ...others] = collections.filter(({ name }) => name === idOrName)
  if (first !== undefined && others.length > 0) {
    const ids = [first, ...others].map(({ id }) => id).join(', ')
    throw new CommandError(
      'usage',
      `${others.length + 1} collections have the name ${idOrName}; give the id of one: ${ids}`,
    )
  }
  return first ?? null
}

/** As {@link findCollection}. @throws CommandError `collection_not_found` where there is none. */
export async function requireCollection(
  owner: Owner,
  idOrName: string,
  place: 'the store' | 'the service' = 'the store',
): Promise<Collection> {
  const collection = await findCollection(owner, idOrName)
  if (collection !== null) return collection
  const names = (await owner.collections.list()).map(({ name }) => name)
  const there = names.length === 0 ? `${place} has none` : `${place} has ${names.join(', ')}`
  throw new CommandError('collection_not_found', `There is no collection ${idOrName}; ${there}.`)
}
