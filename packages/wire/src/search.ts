import type { Candidate, Collection, Gender, SearchMode, SearchOptions } from '@visavis/core'
import * as z from 'zod'
import { mostResults, scoreBounds } from './bounds.ts'
import { badResponse, envelopeId, envelopeOf, isRecord, unwrap, type Envelope } from './envelope.ts'
import { idField, imagesField, integerField, scoreField, searchModeField } from './fields.ts'
import { readLiveness, type Liveness } from './liveness.ts'
import { readPerson, type FindCollection } from './person.ts'
import { normalizeScores, readScore, toWireScore } from './score.ts'
import { thumbnailSchema, toWireThumbnail, type WireThumbnail } from './thumbnail.ts'
import { toEngineTime } from './timestamp.ts'
import { requestOf } from './request-of.ts'

/** `POST /search` and `POST /search/crops` */
export interface SearchRequest {
  images: string[]
  min_score: number
  search_mode: SearchMode
  collection_id?: string | undefined
  max_results: number
}
/** The same as clients send it. */
export interface SentSearchRequest {
  images: string[]
  min_score: number | string
  search_mode: SearchMode
  collection_id?: string | undefined
  max_results?: number | string | undefined
}

const fields = {
  images: imagesField,
  search_mode: searchModeField,
  collection_id: idField.optional().meta({ description: 'Only people of this collection: its code.' }),
  max_results: integerField(1, mostResults).default(10),
}

export const searchRequest: z.ZodType<SearchRequest, SentSearchRequest> = z.preprocess(
  withImages,
  requestOf({ ...fields, min_score: scoreField(scoreBounds.search) }),
) as never

export const searchCropsRequest: z.ZodType<SearchRequest, SentSearchRequest> = z.preprocess(
  withImages,
  requestOf({ ...fields, min_score: scoreField(scoreBounds.crops) }),
) as never

/** Old clients send one `image`. */
function withImages(body: unknown): unknown {
  if (!isRecord(body) || body['images'] !== undefined || typeof body['image'] !== 'string') return body
  const { image, ...rest } = body
  return { ...rest, images: [image] }
}

/** A collection as candidates have it. */
interface WireCandidateCollection {
  /** Its code. */
  id: string
  name: string
  description: string
  count: number
  create_date: string
  modified_date: string
}

/** A person as a search found them. */
export interface WireCandidate {
  id: string
  name: string | null
  notes: string | null
  score: number
  gender: Gender | null
  thumbnails: WireThumbnail[]
  collections: WireCandidateCollection[]
  create_date: string
  nationality: string | null
  date_of_birth: string | null
  modified_date: string
}

const engineTime = z.string().meta({ description: 'ISO 8601 with microseconds and without a zone, UTC.' })

export const candidateSchema: z.ZodType<WireCandidate> = z.object({
  id: z.string(),
  name: z.string().nullable(),
  notes: z.string().nullable(),
  score: z.number().min(0).max(1),
  gender: z.enum(['M', 'F']).nullable(),
  thumbnails: z.array(thumbnailSchema),
  collections: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      description: z.string(),
      count: z.int(),
      create_date: engineTime,
      modified_date: engineTime,
    }),
  ),
  create_date: engineTime,
  nationality: z.string().nullable(),
  date_of_birth: z.string().nullable(),
  modified_date: engineTime,
})

export type SearchAnswer = Envelope<WireCandidate[]>
export const searchAnswer: z.ZodType<SearchAnswer> = envelopeOf(z.array(candidateSchema))

export function toSearchRequest(options: SearchOptions, images: string[]): SearchRequest {
  const { minScore, mode, collectionId, maxResults = 10 } = options
  return {
    images,
    min_score: minScore,
    search_mode: mode,
    ...(collectionId !== undefined && { collection_id: collectionId }),
    max_results: maxResults,
  }
}

/** The options of a request; its pictures are decoded apart. */
export function fromSearchRequest(request: SearchRequest): SearchOptions {
  return {
    // Core's scale begins where one stranger in a hundred matches; below, a score says nothing.
    minScore: Math.max(scoreBounds.crops.least, request.min_score),
    mode: request.search_mode,
    ...(request.collection_id !== undefined && { collectionId: request.collection_id }),
    maxResults: request.max_results,
  }
}

export function toWireCandidate(candidate: Candidate): WireCandidate {
  return {
    id: candidate.id,
    name: candidate.name,
    notes: candidate.notes,
    score: toWireScore(candidate.score),
    gender: candidate.gender,
    thumbnails: candidate.thumbnails.map(toWireThumbnail),
    collections: candidate.collections.map(toCandidateCollection),
    create_date: toEngineTime(candidate.createdAt),
    nationality: candidate.nationality,
    date_of_birth: candidate.dateOfBirth,
    modified_date: toEngineTime(candidate.modifiedAt),
  }
}

function toCandidateCollection(collection: Collection): WireCandidateCollection {
  const { id, name, description, count, createdAt, modifiedAt } = collection
  return {
    id,
    name,
    description,
    count: count ?? 0,
    create_date: toEngineTime(createdAt),
    modified_date: toEngineTime(modifiedAt),
  }
}

export interface ReadSearchOptions {
  minScore: number
  maxResults: number
  findCollection?: FindCollection
}

/** A search's answer in core's terms. */
export interface ReadSearch {
  /** Of the request; `null` where the service gave none. */
  id: string | null
  /** Best first, one row a person, every score at least `minScore`. */
  candidates: Candidate[]
  /** Whether the service answered in percent. */
  percent: boolean
  /** Where the service judged it. */
  liveness?: Liveness
}

/**
 * Reads the answer of any search. Rows are put on the scale from 0 to 1, cut at `minScore`, sorted, reduced to one a
 * person and to `maxResults`, also where the service has done so. Equal scores stay in the service's order.
 *
 * @throws VisavisError `bad_response`
 */
export function fromSearchAnswer(body: unknown, options: ReadSearchOptions): ReadSearch {
  const data = unwrap(body)
  const rows = isRecord(data) ? (data['persons'] ?? data['docs']) : data
  if (!Array.isArray(rows)) throw badResponse('has no list of people')
  const { candidates, percent } = readCandidates(rows, options)
  const liveness = isRecord(data) ? readLiveness(data) : null
  return { id: envelopeId(body), candidates, percent, ...(liveness !== null && { liveness }) }
}

/** @throws VisavisError `bad_response` */
export function readCandidates(
  rows: readonly unknown[],
  { minScore, maxResults, findCollection }: ReadSearchOptions,
): { candidates: Candidate[]; percent: boolean } {
  const people = rows.map((row) => {
    const person = readPerson(row, findCollection)
    const score = isRecord(row) ? readScore(row['score']) : null
    if (person === null || score === null) throw badResponse('has a row without an id or a score')
    return { person, score }
  })
  const normalized = normalizeScores(people.map(({ score }) => score))
  if (normalized === null) throw badResponse('has a score above 1')
  const best = new Map<string, Candidate>()
  for (const [i, { person }] of people.entries()) {
    const score = normalized.scores[i] as number
    if (score >= minScore && score > (best.get(person.id)?.score ?? -1)) best.set(person.id, { ...person, score })
  }
  const candidates = [...best.values()].toSorted((a, b) => b.score - a.score).slice(0, maxResults)
  return { candidates, percent: normalized.percent }
}
