import type { Gender } from '../searcher.ts'
import type { SnapshotStorage } from './snapshot-storage.ts'

/** One enrolled view of a person as it is stored. */
export interface FaceRecord {
  readonly id: string
  /** JPEG. */
  readonly thumbnail: Uint8Array
  /** The model that made the template. */
  readonly modelId: string
  /** A unit vector; empty where that model could make none of the thumbnail. */
  readonly template: Float32Array
}

export interface PersonRecord {
  readonly id: string
  readonly name: string | null
  readonly gender: Gender | null
  readonly dateOfBirth: string | null
  readonly nationality: string | null
  readonly notes: string | null
  readonly collectionIds: readonly string[]
  readonly faces: readonly FaceRecord[]
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** ISO 8601, UTC. */
  readonly modifiedAt: string
}

export interface CollectionRecord {
  readonly id: string
  readonly name: string
  readonly description: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** ISO 8601, UTC. */
  readonly modifiedAt: string
}

/** What the gallery keeps in memory of a person. */
export interface PersonTemplates {
  readonly personId: string
  readonly collectionIds: readonly string[]
  readonly faces: readonly Pick<FaceRecord, 'modelId' | 'template'>[]
}

export interface PersonQuery {
  readonly collectionId?: string | undefined
  /** Only people whose name contains this text; case and accents are ignored; see `nameMatcher`. */
  readonly name?: string | undefined
  readonly offset: number
  readonly limit: number
}

/**
 * A person joins or leaves a collection, and nothing else of them is changed, so that none of two such changes at the same
 * time is lost. Joining again, and leaving what one is not in, have no effect.
 */
export interface MembershipChange {
  readonly kind: 'join_collection' | 'leave_collection'
  readonly personId: string
  readonly collectionId: string
  /** Of the person from then on, where it has an effect: ISO 8601, UTC. */
  readonly modifiedAt: string
}

export type StoreChange =
  /** The person as they are from now on, new or replaced with everything of theirs. */
  | { readonly kind: 'put_person'; readonly person: PersonRecord }
  | { readonly kind: 'delete_person'; readonly id: string }
  | MembershipChange
  | { readonly kind: 'put_collection'; readonly collection: CollectionRecord }
  /** The collection and its memberships; its people stay. */
  | { readonly kind: 'delete_collection'; readonly id: string }
  /** A text that is kept beside the people, such as how far a sync is. */
  | { readonly kind: 'put_state'; readonly key: string; readonly value: string }
  | { readonly kind: 'delete_state'; readonly key: string }
  /** Keeps a person in an area that only {@link Store.staged} reads; new or replaced. */
  | { readonly kind: 'stage_person'; readonly area: string; readonly person: PersonRecord }
  | { readonly kind: 'unstage_person'; readonly area: string; readonly id: string }
  /** Puts all people of the area as they were staged, as by `put_person`, and empties the area. */
  | {
      readonly kind: 'put_staged'
      readonly area: string
      /**
       * The collections that the area decides about: a person stays in the others that they are in now, besides those
       * they were staged with. @default all collections
       */
      readonly within?: readonly string[] | undefined
    }
  /** Forgets an area. */
  | { readonly kind: 'delete_staged'; readonly area: string }

/** What other writers have changed in a store since a revision of it. */
export interface ForeignChanges {
  /** The revision after them, which the next call passes. */
  readonly revision: number
  /**
   * The ids of people who were put or deleted; `undefined` where there were too many to list, so that it may be any.
   */
  readonly persons: readonly string[] | undefined
  /** The collections that were deleted, with the memberships in them; some may have been made again since. */
  readonly deletedCollections: readonly string[]
}

/** {@link ForeignChanges} with the records after them, all of one moment. */
export interface ForeignNews extends ForeignChanges {
  /** Those of `persons` who still exist; empty where `persons` is `undefined`. */
  readonly people: readonly PersonTemplates[]
  /** All, in the order of their creation. */
  readonly collections: readonly CollectionRecord[]
}

/**
 * The port to the database that is authoritative for people and collections. Everything in memory can be rebuilt from
 * it.
 */
export interface Store {
  /**
   * Makes all the changes or none of them, in their order; when it resolves they are as durable as the store promises.
   * @throws VisavisError `store_quota`, `store_unavailable`, `store_corrupt`, `store_locked` while another writes
   */
  write(changes: readonly StoreChange[]): Promise<void>
  /**
   * Resolves when no copy of what was deleted or replaced is left in what the store can overwrite: its files, their
   * journals.
   * @throws VisavisError `store_quota`, `store_unavailable`; opening the store again erases what is left.
   */
  finishErasing(): Promise<void>
  /** Every person's templates, once, in the order of their ids. */
  templates(): AsyncIterable<PersonTemplates>
  /** Those of the people that exist, in the order asked for. */
  persons(ids: readonly string[]): Promise<PersonRecord[]>
  /** People in the order of their ids, and how many there are without offset and limit. */
  listPersons(query: PersonQuery): Promise<{ persons: PersonRecord[]; total: number }>
  /** In the order of their creation. */
  collections(): Promise<CollectionRecord[]>
  /** What `put_state` kept under the key. */
  state(key: string): Promise<string | undefined>
  /** Every key that begins so with its value, in the order of the keys. */
  states(prefix: string): Promise<(readonly [key: string, value: string])[]>
  /** The areas that have staged people. */
  areas(): Promise<string[]>
  /** The people staged in an area, in the order of their ids. */
  staged(area: string): AsyncIterable<PersonRecord>
  /** Closes the database; nothing else may be called after it. */
  close(): Promise<void>
  /** Where the index may keep a snapshot, as safe as the people are; left out by a store that has no place for it. */
  readonly snapshots?: SnapshotStorage | undefined
  /**
   * Whether another tab or process has the store for writing, so that `write` rejects with `store_locked`; it may become
   * `false` at any time. Stores that are never shared may leave this and the next three out.
   */
  readonly isReading?: boolean
  /**
   * What other writers have written since a revision; without one, only the current revision. A caller that keeps a
   * copy in memory passes its own revision: a store that becomes writable rejects writes with `store_locked` until it
   * was called with the latest one.
   */
  changesSince?(revision?: number): Promise<ForeignChanges>
  /** As `changesSince`, with the people and collections themselves. */
  newsSince?(revision: number): Promise<ForeignNews>
  /**
   * Has the listener called after other tabs or workers have written, and when the store becomes writable; a call may
   * be missed.
   */
  onChange?(listener: () => void): void
}
