/** The key of the store's states that holds what a sync brought of a person; deleted with them. */
export function syncNoteKey(personId: string): string {
  return `sync/person/${personId}`
}

/** The area in which a sync stages the people of a collection until it has all of them; deleted with the collection. */
export function syncArea(collectionId: string): string {
  return `sync/staged/${encodeURIComponent(collectionId)}`
}

/** The key of the store's states that holds a note about a staged person; deleted with them. */
export function stagedNoteKey(area: string, personId: string): string {
  return `${area}/${personId}`
}

/** The area in which people are staged with templates of the next model, until all of them have some. */
export const modelArea = 'model'
