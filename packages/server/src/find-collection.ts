import { VisavisError, type Collection, type FaceMatcher } from '@visavis/core'
import { collectionName, collectionNames } from '@visavis/core/kit'

/**
 * The id of the collection that a caller names by its `code` or its `_id`: endpoints of the service want the one or the
 * other, and its clients mix them up.
 *
 * @throws VisavisError `collection_not_found`
 */
export async function findCollection({ collections }: FaceMatcher, name: string): Promise<string> {
  if ((await collections.get(name)) !== null) return name
  const wanted = collectionName(name)
  const found = (await collections.list()).filter(({ id }) => collectionNames(id).includes(wanted))
  // A store may hold two from before names were checked: neither is meant then.
  if (found.length === 1) return (found[0] as Collection).id
  throw new VisavisError('collection_not_found', 'There is no collection with this code or _id; list them first.')
}

/** The ids of several, each once. @throws VisavisError `collection_not_found` */
export async function findCollections(matcher: FaceMatcher, names: readonly string[]): Promise<string[]> {
  const ids = await Promise.all(names.map((name) => findCollection(matcher, name)))
  return [...new Set(ids)]
}
