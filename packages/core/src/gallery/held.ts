import type { CollectionRecord, Store } from '../store/store.ts'
import type { ChangeCounter } from './change-counter.ts'
import type { CollectionAges } from './collection-ages.ts'
import type { PeopleIndex } from './people-index.ts'

/** The state of a gallery: the store, which is authoritative, and its copy in memory. Only `commit.ts` changes it. */
export interface Held {
  readonly store: Store
  /** Of the model that answers now; another one after a change of model. */
  people: PeopleIndex
  /** Whether people are staged for another model: putting a person then unstages them. */
  isChangingModel: boolean
  /** By id. */
  readonly collections: Map<string, CollectionRecord>
  readonly ages: CollectionAges
  readonly changes: ChangeCounter
}

/** {@link Held} for all other modules: read-only. */
export interface HeldView {
  readonly store: Omit<Store, 'write' | 'finishErasing' | 'close'>
  readonly people: Omit<PeopleIndex, 'put' | 'delete' | 'join' | 'leave' | 'deleteCollection' | 'reserve' | 'dispose'>
  readonly collections: ReadonlyMap<string, CollectionRecord>
  readonly ages: Pick<CollectionAges, 'age'>
}
