import type {
  CallOptions,
  Collection,
  Collections,
  CompareOptions,
  CompareResult,
  Crop,
  FaceSearcher,
  FoundFace,
  ListPersonsOptions,
  NewCollection,
  Person,
  Persons,
  PersonPage,
  SearchOptions,
  SearchResult,
  VerifyOptions,
  VerifyResult,
} from '@visavis/core'
import type { FaultyRow, Liveness, OperatingSystem } from '@visavis/wire'

export interface RemoteSearchOptions extends SearchOptions {
  /**
   * `crop` for pictures that show a face and little else: sent 120 pixels wide at most, to the endpoint for crops.
   * `photograph` for all others: sent 1600 pixels wide at most, to be searched for a face first.
   * @default `crop` where no side has more than 256 pixels
   */
  picture?: 'crop' | 'photograph'
}

export interface LivenessOptions extends CallOptions {
  /** 0.5 to 1; what passes is strictly more. @default 0.6 */
  minScore?: number
  /** What took the picture. @default 'DESKTOP' */
  os?: OperatingSystem
}

export interface RenewTokenOptions extends CallOptions {
  /** How long the new token is valid. @default 1 */
  months?: number
}

/** A face as the service describes it. Not every service says all of it, and what is not said is not made up. */
export type RemoteFace = Omit<FoundFace, 'landmarks' | 'quality'> & Partial<Pick<FoundFace, 'landmarks' | 'quality'>>

/** The people of the service. */
export interface RemotePersons extends Persons {
  get(id: string, options?: CallOptions): Promise<Person | null>
  /** Verifik filters by names of three letters and more; for shorter ones the client reads all people. */
  list(options?: ListPersonsOptions & CallOptions): Promise<PersonPage>
  delete(id: string, options?: CallOptions): Promise<void>
  /** All people, or all of a collection, page by page. */
  walk(options?: WalkOptions): AsyncGenerator<Person, WalkSummary>
}

export interface WalkOptions extends CallOptions {
  collectionId?: string
  /** Called with each page that gives the number of people. */
  onTotal?: (people: number) => void
  /**
   * Called with each row that violates the contract, before the people of its page are yielded. A row without an id is
   * left out; in the others the faulty field is `null` or empty.
   */
  onFaulty?: (row: FaultyRow) => void
}

/** How a walk over all pages ended. */
export interface WalkSummary {
  /**
   * Whether every person was certainly seen: the service gave the number of people, the same on every page, and as many
   * different ones came, rows without an id included; and of a collection, it said who belongs to it.
   */
  complete: boolean
  /**
   * Whether it would be complete but for rows that came twice: there were as many rows as the service says, of fewer people.
   * A list that shifts while it is read looks so; one that looks so every time holds people twice.
   */
  repeats: boolean
  /** How many people came. */
  count: number
}

/** The collections of the service. Their ids are their codes; every parameter that takes an id also takes an `_id`. */
export interface RemoteCollections extends Collections {
  create(collection: NewCollection, options?: CallOptions): Promise<Collection>
  get(id: string, options?: CallOptions): Promise<Collection | null>
  list(options?: CallOptions): Promise<Collection[]>
  update(id: string, changes: { name?: string; description?: string }, options?: CallOptions): Promise<Collection>
  delete(id: string, options?: CallOptions): Promise<void>
}

/**
 * Verifik's API, or a server that speaks it, with the members of core's `FaceMatcher` and its types. Every call sends
 * pictures of faces to the service and may cost credits.
 *
 * Besides what core's methods throw, all of them throw VisavisError `network`, `timeout`, `unauthorized`, `forbidden`,
 * `insufficient_credits`, `rate_limited`, `bad_request`, `bad_response` and `server`, and `matcher_closed` after `close`.
 */
export interface VerifikClient extends FaceSearcher {
  readonly persons: RemotePersons
  readonly collections: RemoteCollections
  search(crop: Crop | readonly Crop[], options: RemoteSearchOptions): Promise<SearchResult>
  /** Where it is not this person and the service does not say how alike they are, the score is 0. */
  verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult>
  compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult>
  /** Every face of a picture, the largest first; an empty list where there is none. */
  detect(image: Crop, options?: CallOptions): Promise<RemoteFace[]>
  /** Whether the picture was taken of a living face before the camera. */
  liveness(image: Crop, options?: LivenessOptions): Promise<Liveness>
  /** A new token in the place of the one in use, to be kept by the caller; the client goes on with it. */
  renewToken(options?: RenewTokenOptions): Promise<string>
  /** Waits for calls under way. Calls after it reject with `matcher_closed`. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
