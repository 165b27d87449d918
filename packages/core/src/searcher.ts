import type { ErrorCode } from './errors.ts'
import type { DetectedFace, FaceQuality, SearchMode } from './face.ts'
import type { Crop } from './image/crop.ts'

export type Gender = 'M' | 'F'

/** Finds people from pictures of their face: on this device, in a worker, or through Verifik's API. */
export interface FaceSearcher {
  /**
   * Searches one face, seen in one to three crops, among all enrolled people or those of one collection (1:N).
   *
   * @throws VisavisError `invalid_option`, `invalid_image`, `no_face`, `multiple_faces`, `low_quality`,
   * `collection_not_found`; the signal's reason where it is aborted.
   */
  search(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult>
}

export interface SearchOptions {
  /**
   * The least score a candidate has, 0.5 to 1. A score says how rare a stranger is who looks that much alike: 0.5 is one
   * in a hundred comparisons, and each further 0.1 ten times rarer.
   */
  minScore: number
  mode: SearchMode
  /** Only people of this collection. @default people of every collection, and of none */
  collectionId?: string
  /** 1 to 100. @default 10 */
  maxResults?: number
  signal?: AbortSignal
}

export interface SearchResult {
  /** Of this request, for logs. */
  id: string
  /** Best first, one row a person, every score at least `minScore`; empty where no person reaches it. */
  candidates: Candidate[]
  source: 'local' | 'remote'
  /** The model whose templates were compared; scores of different models mean different things. */
  model?: string
  /** Of each crop, in the order given. */
  quality?: FaceQuality[]
  /** How old the data of the collection that was searched is, milliseconds, where it was synced from elsewhere. */
  collectionAge?: number
  milliseconds?: SearchMilliseconds
  /** Where a policy chose between this device and the cloud. */
  choice?: SearchChoice
}

/** Why `source` answered. */
export interface SearchChoice {
  /**
   * `first`: the source that is searched first answered, and that was enough. Otherwise why the other one was searched:
   * `collection_missing`, `nobody_found`, `uncertain` (the best score in a band) and `outdated` (a collection older
   * than a limit) by the answer of this device, `local_not_ready` where the device cannot answer, `remote_failed` where
   * the cloud does not answer.
   */
  reason:
    | 'first'
    | 'collection_missing'
    | 'local_not_ready'
    | 'nobody_found'
    | 'uncertain'
    | 'outdated'
    | 'remote_failed'
  /** Why the other source has not answered, where it was or should have been searched. */
  failed?: ErrorCode
  /** How old this device's data is, milliseconds, where it was searched and was synced from elsewhere. */
  localAge?: number
}

/** Milliseconds a stage took; `total` is from the call to the answer. */
export interface SearchMilliseconds {
  decode: number
  locate: number
  embed: number
  search: number
  total: number
}

/** A person as a search found them. */
export interface Candidate extends Person {
  /** 0.5 to 1, see {@link SearchOptions.minScore}. */
  score: number
}

/** A person that is enrolled. */
export interface Person {
  id: string
  name: string | null
  gender: Gender | null
  /** `YYYY-MM-DD`. */
  dateOfBirth: string | null
  nationality: string | null
  notes: string | null
  collections: Collection[]
  thumbnails: Thumbnail[]
  /** ISO 8601, UTC. */
  createdAt: string
  /** ISO 8601, UTC. */
  modifiedAt: string
}

export interface Collection {
  id: string
  name: string
  description: string
  /** How many people it has; `null` where the service does not say. */
  count: number | null
  /** ISO 8601, UTC. */
  createdAt: string
  /** ISO 8601, UTC. */
  modifiedAt: string
}

/** One enrolled view of a person. */
export interface Thumbnail {
  id: string
  /** The crop of the face as JPEG, at most 120x120 pixels. */
  image: Uint8Array
}

export interface NewPerson {
  /**
   * 1 to 100 UTF-16 units without control characters; none of `.`, `..`, `lookup` and `search-live-face`, which mean
   * something else in addresses. @default a new id of 24 hexadecimal digits
   */
  id?: string
  /** 1 to 100 UTF-16 units without control characters, kept in Unicode's composed form (NFC). */
  name: string
  /** One to three pictures of this one person. */
  images: readonly Crop[]
  gender?: Gender | null
  /** A day from 1800 to today, `YYYY-MM-DD`. */
  dateOfBirth?: string | null
  /** Up to 100 UTF-16 units. */
  nationality?: string | null
  /** Up to 500 UTF-16 units; of control characters only tabs and line breaks. */
  notes?: string | null
  /** Ids of collections. @default none */
  collections?: readonly string[]
}

/** What is left out stays as it is; `images` and `collections` replace what was there. */
export interface PersonChanges extends Partial<Omit<NewPerson, 'id'>> {
  /**
   * Ids of collections that the person is put into, beside those they are in; not together with `collections`. Two calls
   * at once that name different ones both have their effect.
   */
  join?: readonly string[]
  /** Ids of collections that the person is taken out of; as `join`. */
  leave?: readonly string[]
}

export interface ListPersonsOptions {
  collectionId?: string
  /** Only people whose name contains this text; case and accents are ignored. */
  name?: string
  /** @default 1 */
  page?: number
  /** 1 to 100. @default 10 */
  limit?: number
}

export interface PersonPage {
  persons: Person[]
  page: number
  limit: number
  total: number
  pages: number
}

/** The options of calls that have no others. */
export interface CallOptions {
  signal?: AbortSignal
}

export interface Persons {
  /**
   * Enrolls a person: all images or none of them.
   *
   * @throws VisavisError `person_exists`, `collection_not_found`, and what {@link FaceSearcher.search} throws.
   */
  create(person: NewPerson, options?: CallOptions): Promise<Person>
  /** `null` where there is none. */
  get(id: string): Promise<Person | null>
  /** In the order of their ids. */
  list(options?: ListPersonsOptions): Promise<PersonPage>
  /** @throws VisavisError `person_not_found`, and what {@link Persons.create} throws. */
  update(id: string, changes: PersonChanges, options?: CallOptions): Promise<Person>
  /** Removes the person with everything of theirs. @throws VisavisError `person_not_found` */
  delete(id: string): Promise<void>
}

export interface NewCollection {
  /** As a person's; no other collection may answer to it, be it by its id or its `_id` on the wire. @default a new UUID */
  id?: string
  /** 1 to 50 UTF-16 units without control characters, kept in NFC. */
  name: string
  /** Up to 100 UTF-16 units; of control characters only tabs and line breaks. @default '' */
  description?: string
}

export interface Collections {
  /** @throws VisavisError `collection_exists`, `invalid_option` */
  create(collection: NewCollection): Promise<Collection>
  /** `null` where there is none. */
  get(id: string): Promise<Collection | null>
  list(): Promise<Collection[]>
  /** @throws VisavisError `collection_not_found` */
  update(id: string, changes: { name?: string; description?: string }): Promise<Collection>
  /** Removes the collection; its people stay enrolled. @throws VisavisError `collection_not_found` */
  delete(id: string): Promise<void>
}

export interface VerifyOptions {
  /** 0.5 to 1, see {@link SearchOptions.minScore}. */
  minScore: number
  mode: SearchMode
  /** The person must be of this collection. */
  collectionId?: string
  signal?: AbortSignal
}

export interface VerifyResult {
  /** The person, where the score is at least `minScore`; otherwise `null`. */
  match: Candidate | null
  /** 0 to 1, also where there is no match. */
  score: number
}

export interface CompareOptions {
  /** 0.5 to 1, see {@link SearchOptions.minScore}. */
  minScore: number
  mode: SearchMode
  signal?: AbortSignal
}

export interface CompareResult {
  /** 0 to 1. */
  score: number
  /** Whether the score is at least `minScore`. */
  passed: boolean
}

/** A face of a picture, with the crop that `search` and `persons.create` take. */
export interface FoundFace extends DetectedFace {
  thumbnail: Uint8Array
}

export interface FaceMatcher extends FaceSearcher {
  readonly persons: Persons
  readonly collections: Collections
  /**
   * Whether the face in one to three crops is that of an enrolled person (1:1).
   * @throws VisavisError `person_not_found`, `collection_not_found`, and what {@link FaceSearcher.search} throws.
   */
  verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult>
  /** Whether two pictures show one person; neither has to be enrolled. */
  compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult>
  /** Every face of a picture, the largest first; an empty list where there is none. */
  detect(image: Crop, options?: CallOptions): Promise<FoundFace[]>
  /** Waits for writes under way, then frees everything. Calls after it reject with `matcher_closed`. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
