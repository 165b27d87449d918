import type { Gender } from '../searcher.ts'

/** One enrolled view of a person as it is stored. */
export interface FaceRecord {
  readonly id: string
  /** JPEG. */
  readonly thumbnail: Uint8Array
  /** The model that made the template. */
  readonly modelId: string
  /** A unit vector. */
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
  /** Only people whose name contains this, in any case. */
  readonly name?: string | undefined
  readonly offset: number
  readonly limit: number
}

export type StoreChange =
  /** The person as they are from now on, new or replaced with everything of theirs. */
  | { readonly kind: 'put_person'; readonly person: PersonRecord }
  | { readonly kind: 'delete_person'; readonly id: string }
  | { readonly kind: 'put_collection'; readonly collection: CollectionRecord }
  /** The collection and its memberships; its people stay. */
  | { readonly kind: 'delete_collection'; readonly id: string }

/**
 * The port to the database that is the only truth about people and collections. Everything in memory can be made anew
 * from it.
 */
export interface Store {
  /**
   * Makes all the changes or none of them; when it resolves they are as durable as the store promises.
   * @throws VisavisError `store_quota`, `store_unavailable`, `store_corrupt`
   */
  write(changes: readonly StoreChange[]): Promise<void>
  /** Every person's templates, once, in the order of their ids. */
  templates(): AsyncIterable<PersonTemplates>
  /** Those of the people that exist, in the order asked for. */
  persons(ids: readonly string[]): Promise<PersonRecord[]>
  /** People in the order of their ids, and how many there are without offset and limit. */
  listPersons(query: PersonQuery): Promise<{ persons: PersonRecord[]; total: number }>
  /** In the order of their creation. */
  collections(): Promise<CollectionRecord[]>
  /** Lets go of the database; nothing else may be called after it. */
  close(): Promise<void>
}
