import type { SyncProblemCode } from './sync-mark.ts'

/** How far a sync is. */
export interface SyncProgress {
  /**
   * `reading`: the service's list, and the pictures that are new; `checking`: whether people who are missing from it
   * are gone; `writing`: what was read replaces what was there.
   */
  phase: 'reading' | 'checking' | 'writing'
  /** How many people of this phase are done. */
  people: number
  /** How many there are, where that is known. */
  total: number | undefined
  /** Which reading of the list it is, from 1: it is read again where it changed meanwhile. */
  reading: number
  /** How many pictures became templates so far. */
  pictures: number
  /** Over the last seconds. */
  peoplePerSecond: number
  /** Milliseconds until this phase ends, where that can be told. */
  timeLeft: number | undefined
}

/** A person whom no search finds as the service has them. */
export interface SyncProblem {
  /** Of a record whose id cannot be one here, at most its first 200 characters; empty where it has none. */
  personId: string
  /**
   * The code with which their last picture was refused, such as `no_face`; `no_picture` where the service gives none;
   * `person_exists` where another person was enrolled on this device under the same id, who stays as they are;
   * `person_not_found` where they were deleted on this device, or taken out of the collection, while the sync ran, and
   * come with the next one; `invalid_record` where the service's record has a value that is not allowed here, and
   * `bad_response` where its answer about the person alone cannot be read: the person is left out then, or stays as
   * they are; `another_collection` where the service lists a person and says of them that they are in other collections
   * only: they are left out, or leave.
   */
  code: SyncProblemCode
  /** With `invalid_record`: the field that is wrong, such as `name`. */
  field?: string
}

/** What a sync did, or in a dry run what it would do. */
export interface SyncReport {
  collectionId: string
  dryRun: boolean
  /**
   * Whether the service's list was read completely. If not, it changed while it was read, or its total differs from its
   * rows, every time; then no person is removed, and the collection keeps its age. It keeps it, too, where a person was
   * deleted on this device meanwhile.
   */
  complete: boolean
  /** How many people the service's list has. */
  people: number
  /** The ids of the people who are new in the collection here, and of those who were there and have changed. */
  added: string[]
  changed: string[]
  unchanged: number
  /** The ids of the people who left the collection. */
  removed: string[]
  /** Those of `removed` who stay enrolled here: in another collection, or on this device. */
  kept: string[]
  /**
   * The ids of the people who are gone from the service and stay in the collection, since they are more than
   * `mostRemovals` allows; no person is removed then, and the collection keeps its age.
   */
  withheld: string[]
  /** Also those of unchanged people. */
  problems: SyncProblem[]
  /** How many pictures became templates; in a dry run 0. */
  pictures: number
  /** How many people of an interrupted run did not have to be read again. */
  resumed: number
}
