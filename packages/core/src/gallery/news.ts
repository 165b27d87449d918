import type { CollectionRecord, PersonTemplates } from '../store/store.ts'

/** What others have written that memory does not have, all of it as of one revision of the store but the times of syncs. */
export interface News {
  readonly revision: number
  /** Everybody who is enrolled, or of those who were changed, who still is. */
  readonly people: ReadonlyMap<string, PersonTemplates>
  /** Who was changed; `undefined` for everybody. */
  readonly changed: readonly string[] | undefined
  readonly deletedCollections: readonly string[]
  readonly collections: readonly CollectionRecord[]
  readonly syncTimes: readonly (readonly [key: string, value: string])[]
}
