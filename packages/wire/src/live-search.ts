import type { SearchMode } from '@visavis/core'
import * as z from 'zod'
import { scoreBounds } from './bounds.ts'
import { idField, imageField, osField, scoreField, searchModeField, type OperatingSystem } from './fields.ts'
import { defaultLivenessScore } from './liveness.ts'
import { requestOf } from './request-of.ts'

/** `POST /search-live-face` and `POST /search-active-user`: a search for a face that must be a living one. */
export interface LiveSearchRequest {
  image: string
  os: OperatingSystem
  liveness_min_score: number
  min_score: number
  search_mode: SearchMode
  collection_id?: string | undefined
}
/** The same as clients send it. */
export interface SentLiveSearchRequest extends Omit<LiveSearchRequest, 'min_score' | 'liveness_min_score'> {
  liveness_min_score?: number | string | undefined
  min_score: number | string
}

export const liveSearchRequest: z.ZodType<LiveSearchRequest, SentLiveSearchRequest> = requestOf({
  image: imageField,
  os: osField,
  liveness_min_score: scoreField(scoreBounds.liveness).default(defaultLivenessScore),
  min_score: scoreField(scoreBounds.live),
  search_mode: searchModeField,
  collection_id: idField.optional(),
})
