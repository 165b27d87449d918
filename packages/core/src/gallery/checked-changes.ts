import { VisavisError } from '../errors.ts'
import type { CollectionRecord, PersonRecord, StoreChange } from '../store/store.ts'
import { collectionFault, normalCollection, normalPerson, personFault } from '../store/record-fault.ts'
import { shareName } from '../values/collection-names.ts'
import type { Held } from './held.ts'

/**
 * The changes with the names in their records in normal form, checked against the rules for people and collections.
 * Records that a store holds from before there were checks may stay as they are, be taken out of a collection, or be
 * deleted: a value is refused only where it is new.
 *
 * @throws VisavisError `invalid_option`, `collection_exists` where two collections would answer to one name
 */
export async function checkedChanges(
  { store, collections }: Pick<Held, 'store' | 'collections'>,
  changes: readonly StoreChange[],
): Promise<StoreChange[]> {
  if (!Array.isArray(changes)) throw new VisavisError('invalid_option', 'changes must be a list of changes.')
  const checked: StoreChange[] = []
  const known = new Map(collections)
  for (const change of changes) {
    if (change.kind === 'put_person' || change.kind === 'stage_person') {
      checked.push({ ...change, person: await checkedPerson(change.person) })
    } else if (change.kind === 'put_collection') {
      const collection = checkedCollection(change.collection)
      known.set(collection.id, collection)
      checked.push({ ...change, collection })
    } else {
      if (change.kind === 'delete_collection') known.delete(change.id)
      checked.push(change)
    }
  }
  return checked

  async function checkedPerson(person: PersonRecord): Promise<PersonRecord> {
    if (personFault(person) !== undefined) {
      const [before] = typeof person?.id === 'string' ? await store.persons([person.id]) : []
      const fault = personFault(person, before)
      if (fault !== undefined) throw refused('A person', fault)
      return person
    }
    return normalPerson(person)
  }

  function checkedCollection(collection: CollectionRecord): CollectionRecord {
    const before = known.get(collection?.id)
    const fault = collectionFault(collection, before)
    if (fault !== undefined) throw refused('A collection', fault)
    if (before === undefined) checkNewCollectionName(collection.id, known)
    return normalCollection(collection)
  }
}

/** @throws VisavisError `collection_exists` where a collection answers to the id, or to its `_id` on the wire */
export function checkNewCollectionName(id: string, collections: ReadonlyMap<string, CollectionRecord>): void {
  for (const other of collections.keys()) {
    if (!shareName(id, other)) continue
    throw new VisavisError(
      'collection_exists',
      'A collection with this id, or one that answers to it, exists; update it or choose another id.',
    )
  }
}

function refused(what: string, fault: string): VisavisError {
  return new VisavisError('invalid_option', `${what} cannot be kept: ${fault}.`)
}
