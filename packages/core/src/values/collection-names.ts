/** Whether this is an id as Verifik's database makes them: 24 hexadecimal digits. */
export function isObjectId(id: string): boolean {
  return /^[0-9a-f]{24}$/i.test(id)
}

/** Whether this is the code of a collection at Verifik: a UUID. It is what searches want as `collection_id`. */
export function isCollectionCode(id: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)
}

/**
 * The `_id` under which a collection of ours is on the wire: the first 24 digits of a UUID, since clients expect as
 * many; any other id as it is.
 */
export function collectionObjectId(id: string): string {
  return isCollectionCode(id) ? id.replaceAll('-', '').slice(0, 24).toLowerCase() : id
}

/** A name of a collection as names are compared: hexadecimal digits in any case, all other names as they are. */
export function collectionName(id: string): string {
  return isCollectionCode(id) || isObjectId(id) ? id.toLowerCase() : id
}

/** What a collection with this id answers to on the wire: its id, which is its code, and its `_id`. */
export function collectionNames(id: string): readonly string[] {
  return [collectionName(id), collectionObjectId(id)]
}

/**
 * Whether the code of one of two collections is a name of the other. That two `_id`s are the same, which are made of
 * codes, does not count: by such a name neither is found.
 */
export function shareName(id: string, other: string): boolean {
  return collectionNames(other).includes(collectionName(id)) || collectionNames(id).includes(collectionName(other))
}
