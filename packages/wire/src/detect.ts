import type { Box, Candidate, FaceLandmarks, FaceQuality, FoundFace, Point, SearchMode } from '@visavis/core'
import * as z from 'zod'
import { mostResults, scoreBounds } from './bounds.ts'
import { badResponse, envelopeOf, isRecord, unwrap, type Envelope } from './envelope.ts'
import { idField, imageField, integerField, scoreField, searchModeField } from './fields.ts'
import { fromImageText, toImageText } from './image-text.ts'
import type { FindCollection } from './person.ts'
import { normalizeScores, readScore, toWireScore } from './score.ts'
import { candidateSchema, readCandidates, toWireCandidate, type WireCandidate } from './search.ts'
import { requestOf } from './request-of.ts'

/** `POST /detect`. People are searched for each face where `min_score` and `search_mode` are given. */
export interface DetectRequest {
  image: string
  min_score?: number | undefined
  search_mode?: SearchMode | undefined
  collection_id?: string | undefined
  max_results: number
  return_landmarks?: boolean | undefined
  return_attributes?: boolean | undefined
}
/** The same as clients send it. */
export interface SentDetectRequest extends Omit<DetectRequest, 'min_score' | 'max_results'> {
  min_score?: number | string | undefined
  max_results?: number | string | undefined
}

export const detectRequest: z.ZodType<DetectRequest, SentDetectRequest> = requestOf({
  image: imageField,
  min_score: scoreField(scoreBounds.detect).optional(),
  search_mode: searchModeField.optional(),
  collection_id: idField.optional(),
  max_results: integerField(1, mostResults).default(99),
  return_landmarks: z.boolean().optional(),
  return_attributes: z.boolean().optional(),
})

/** x and y in pixels of the picture. */
type WirePoint = [number, number]

export interface WireFace {
  /** Pixels of the picture. */
  box: Box
  landmarks: {
    left_eye: WirePoint
    right_eye: WirePoint
    nose: WirePoint
    left_mouth: WirePoint
    right_mouth: WirePoint
  }
  detection_score: number
  /** The crop of the face, a JPEG as base64. */
  thumbnail: string
  persons: WireCandidate[]
  /** Only servers of visavis say it. */
  quality?: FaceQuality | undefined
}

const point: z.ZodType<WirePoint> = z.tuple([z.number(), z.number()])

const qualitySchema: z.ZodType<FaceQuality> = z.object({
  eyeDistance: z.number(),
  brightness: z.number(),
  contrast: z.number(),
  sharpness: z.number(),
  yaw: z.number(),
  visible: z.number(),
  effectiveResolution: z.number().exactOptional(),
  noise: z.number().exactOptional(),
  compression: z.number().exactOptional(),
  mouthCovered: z.number().exactOptional(),
  eyesCovered: z.number().exactOptional(),
  reasons: z.array(
    z.enum([
      'too_small',
      'too_dark',
      'too_bright',
      'low_contrast',
      'blurred',
      'turned_away',
      'cut_off',
      'low_resolution',
      'noisy',
      'compressed',
      'mouth_covered',
      'eyes_covered',
    ]),
  ),
})

const faceSchema: z.ZodType<WireFace> = z.object({
  box: z.object({ left: z.number(), top: z.number(), right: z.number(), bottom: z.number() }),
  landmarks: z.object({ left_eye: point, right_eye: point, nose: point, left_mouth: point, right_mouth: point }),
  detection_score: z.number(),
  thumbnail: z.string(),
  persons: z.array(candidateSchema),
  quality: qualitySchema.optional(),
})

export type DetectAnswer = Envelope<WireFace[]>
export const detectAnswer: z.ZodType<DetectAnswer> = envelopeOf(z.array(faceSchema))

/** @param candidates The people that a search for this face found. */
export function toWireFace(face: FoundFace, candidates: readonly Candidate[] = []): WireFace {
  const { leftEye, rightEye, nose, leftMouth, rightMouth } = face.landmarks
  return {
    box: { ...face.box },
    landmarks: {
      left_eye: [...leftEye],
      right_eye: [...rightEye],
      nose: [...nose],
      left_mouth: [...leftMouth],
      right_mouth: [...rightMouth],
    },
    detection_score: toWireScore(face.score),
    thumbnail: toImageText(face.thumbnail),
    persons: candidates.map(toWireCandidate),
    quality: { ...face.quality, reasons: [...face.quality.reasons] },
  }
}

/** A face as a service describes it; what it leaves out is not made up. */
export interface ReadFace {
  box: Box
  /** Of five points; a service that knows fewer says none. */
  landmarks?: FaceLandmarks
  /** The probability that this is a face, 0 to 1. */
  score: number
  thumbnail?: Uint8Array
  quality?: FaceQuality
  candidates: Candidate[]
}

/**
 * The faces of a picture, the largest first.
 *
 * @throws VisavisError `bad_response`
 */
export function fromDetectAnswer(
  body: unknown,
  { minScore = 0, findCollection }: { minScore?: number; findCollection?: FindCollection } = {},
): ReadFace[] {
  const data = unwrap(body)
  const rows = isRecord(data) ? data['faces'] : data
  if (!Array.isArray(rows)) throw badResponse('has no list of faces')
  const options = { minScore, maxResults: mostResults, ...(findCollection && { findCollection }) }
  return (rows as unknown[])
    .map((row): ReadFace => {
      const box = isRecord(row) ? (readBox(row['box']) ?? readCornerBox(row['bounding_box'])) : null
      if (!isRecord(row) || box === null) throw badResponse('has a face without a box')
      const landmarks = readLandmarks(row['landmarks'])
      const thumbnail = readThumbnail(row['thumbnail'])
      const quality = qualitySchema.safeParse(row['quality']).data
      const rawScore = readScore(row['detection_score'] ?? row['confidence'])
      const persons = Array.isArray(row['persons']) ? (row['persons'] as unknown[]) : []
      return {
        box,
        score: (rawScore === null ? undefined : normalizeScores([rawScore])?.scores[0]) ?? 0,
        candidates: readCandidates(persons, options).candidates,
        ...(landmarks && { landmarks }),
        ...(thumbnail && { thumbnail }),
        ...(quality && { quality }),
      }
    })
    .toSorted((a, b) => area(b.box) - area(a.box))
}

function area({ left, top, right, bottom }: Box): number {
  return (right - left) * (bottom - top)
}

function readBox(value: unknown): Box | null {
  if (!isRecord(value)) return null
  const [left, top, right, bottom] = ['left', 'top', 'right', 'bottom'].map((side) => value[side])
  if (!isNumber(left) || !isNumber(top) || !isNumber(right) || !isNumber(bottom)) return null
  return right > left && bottom > top ? { left, top, right, bottom } : null
}

function readCornerBox(value: unknown): Box | null {
  if (!isRecord(value)) return null
  const { x, y, width, height } = value
  if (!isNumber(x) || !isNumber(y) || !isNumber(width) || !isNumber(height)) return null
  return readBox({ left: x, top: y, right: x + width, bottom: y + height })
}

function readLandmarks(value: unknown): FaceLandmarks | null {
  if (!isRecord(value)) return null
  const names = ['left_eye', 'right_eye', 'nose', 'left_mouth', 'right_mouth']
  const points = names.map((name) => readPoint(value[name]))
  if (points.includes(null)) return null
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = points as [Point, Point, Point, Point, Point]
  return { leftEye, rightEye, nose, leftMouth, rightMouth }
}

function readPoint(value: unknown): Point | null {
  const [x, y] = (Array.isArray(value) ? value : isRecord(value) ? [value['x'], value['y']] : []) as unknown[]
  return isNumber(x) && isNumber(y) ? [x, y] : null
}

function readThumbnail(value: unknown): Uint8Array | null {
  if (typeof value !== 'string' || value === '') return null
  try {
    return fromImageText(value)
  } catch {
    return null
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
