/** Under which key of the store's states a sync notes what it brought of a person; deleted with them. */
export function syncNoteKey(personId: string): string {
  return `sync/person/${personId}`
}

/** In which area a sync stages the people of a collection until it has all of them; forgotten with the collection. */
export function syncArea(collectionId: string): string {
  return `sync/staged/${encodeURIComponent(collectionId)}`
}

/** Under which key of the store's states something is noted of a staged person; deleted with them. */
export function stagedNoteKey(area: string, personId: string): string {
  return `${area}/${personId}`
}

/** In which area people are kept with templates of the next model, until all of them have some. */
export const modelArea = 'model'
