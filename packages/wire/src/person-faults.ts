import { isRecord } from './envelope.ts'
import { fromWireDay } from './timestamp.ts'

/** A row of a list of people that is not what the contract says. */
export interface FaultyRow {
  /** As the row has it, of any length and with any characters; `null` where it has none. */
  readonly id: string | null
  /** The fields that are missing (`_id`) or of a kind that nothing can be made of: never their values. */
  readonly fields: readonly string[]
}

const texts = ['name', 'gender', 'nationality', 'notes'] as const
const lists = ['collections', 'thumbnails', 'images'] as const

/**
 * The fields of a row that `readPerson` takes for absent although they are there. Times other than the date of birth are
 * not looked at: a person whose times are not known is no less the person.
 */
export function personFaults(row: unknown): string[] {
  if (!isRecord(row)) return ['_id']
  const isHere = (field: string): boolean => row[field] !== undefined && row[field] !== null
  const faults: string[] = []
  if (!hasText(row['id']) && !hasText(row['_id'])) faults.push('_id')
  for (const field of texts) if (isHere(field) && typeof row[field] !== 'string') faults.push(field)
  for (const field of lists) if (isHere(field) && !Array.isArray(row[field])) faults.push(field)
  const birth = 'date_of_birth'
  if (isHere(birth) && row[birth] !== '' && fromWireDay(row[birth]) === null) faults.push(birth)
  return faults
}

function hasText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
