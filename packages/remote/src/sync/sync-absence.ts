import { isVisavisError, type Collection } from '@visavis/core'
import type { VerifikClient } from '../client/client.ts'
import { isUsableId } from './service-record.ts'
import type { SyncMeter } from './sync-meter.ts'

const checksAtOnce = 4

export interface SyncAbsenceOptions {
  readonly client: Pick<VerifikClient, 'persons'>
  readonly collection: Collection
  readonly signal: AbortSignal
  readonly meter: SyncMeter
}

/** What the service said of people who were not in its list. */
export interface Absence {
  /** The ids of the people whom it still has in the collection. */
  readonly here: string[]
  /** The ids of the people of whom it does not say. All others are gone. */
  readonly unclear: string[]
}

/**
 * Requests the people who are missing one by one: where a person leaves and another one comes while a list is read, a
 * third one can be missed without a change of the total.
 *
 * @param areNamed Whether the service names the collections of people.
 * @param mostHere Where more than so many are still there, the list is to be read again, and the rest is not requested.
 */
export async function askForMissing(
  missing: readonly string[],
  { client, collection, signal, meter }: SyncAbsenceOptions,
  areNamed: boolean,
  mostHere: number,
): Promise<Absence> {
  if (missing.length === 0) return { here: [], unclear: [] }
  meter.enter('checking', missing.length)
  // The service has no person who could be taken over under an id that is not allowed here.
  const waiting = missing.filter(isUsableId)
  const here: string[] = []
  const unclear: string[] = []
  const work = async (): Promise<void> => {
    for (let id = waiting.shift(); id !== undefined && here.length <= mostHere; id = waiting.shift()) {
      const place = await placeOf(id)
      if (place === 'here') here.push(id)
      if (place === 'unclear') unclear.push(id)
      meter.advance()
    }
  }
  const placeOf = async (id: string): Promise<'here' | 'gone' | 'unclear'> => {
    const person = await client.persons.get(id, { signal }).catch((error: unknown) => {
      // Ids that were chosen here mean nothing to every service.
      if (isVisavisError(error, 'bad_request') || isVisavisError(error, 'bad_response')) return undefined
      throw error
    })
    if (person === null) return 'gone'
    if (person === undefined || person.id !== id) return 'unclear'
    if (person.collections.some((one) => one.id === collection.id)) return 'here'
    return person.collections.length > 0 || areNamed ? 'gone' : 'unclear'
  }
  const workers = await Promise.allSettled(Array.from({ length: checksAtOnce }, work))
  for (const worker of workers) if (worker.status === 'rejected') throw worker.reason
  return { here, unclear }
}
