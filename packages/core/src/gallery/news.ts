import type { CollectionRecord, PersonTemplates } from '../store/store.ts'

/**
 * What other writers have changed that memory does not have; all of one revision of the store but the times of syncs.
 */
export interface News {
  readonly revision: number
  /** All enrolled people, or those of `changed` who are still enrolled. */
  readonly people: ReadonlyMap<string, PersonTemplates>
  /** The ids of the people who were changed; `undefined` where any may have been. */
  readonly changed: readonly string[] | undefined
  readonly deletedCollections: readonly string[]
  readonly collections: readonly CollectionRecord[]
  readonly syncTimes: readonly (readonly [key: string, value: string])[]
}
