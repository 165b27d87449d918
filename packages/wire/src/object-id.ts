import { isObjectId } from '@visavis/core/kit'

/** When an id of the service's database was made, as ISO 8601; `null` for other ids. */
export function timeOfObjectId(id: string): string | null {
  return isObjectId(id) ? new Date(Number.parseInt(id.slice(0, 8), 16) * 1000).toISOString() : null
}
