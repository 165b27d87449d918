/** Whether this is an id as the service's database makes them: 24 hexadecimal digits. */
export function isObjectId(id: string): boolean {
  return /^[0-9a-f]{24}$/i.test(id)
}

/** Whether this is the code of a collection: a UUID. It is what searches want as `collection_id`. */
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

/** When an id of the service's database was made, as ISO 8601; `null` for other ids. */
export function timeOfObjectId(id: string): string | null {
  return isObjectId(id) ? new Date(Number.parseInt(id.slice(0, 8), 16) * 1000).toISOString() : null
}
