import { isVisavisError, type Box, type Candidate, type FaceMatcher, type QualityReason } from '@visavis/core'
import type { Settings } from './settings.ts'

/** One face of a frame, and who it is. */
export interface Sighting {
  /** Pixels of the frame. */
  box: Box
  /** The face alone, as it was searched. */
  crop: ImageData
  /** The best candidate; `null` where no enrolled person is alike enough, or the face was not clear enough. */
  candidate: Candidate | null
  /** Why the face could not be searched; empty where it could. */
  reasons: readonly QualityReason[]
}

export interface Frame {
  readonly width: number
  readonly height: number
}

/**
 * Faces are looked for in a frame of at most this many pixels on its shorter side, the size up to which visavis looks at
 * a picture as a whole and not at its parts as well: a kiosk's visitors are near.
 */
const detectionSide = 160
/** The side of a crop, pixels. */
const cropSide = 120
/** A crop's side over the longer side of the face's box, and how far above the box's centre its centre is. */
const cropOverBox = 1.6
const cropLift = 0.03
const mostFaces = 4

/** All faces in a frame of the camera, the largest first. */
export async function readFrame(
  matcher: FaceMatcher,
  frame: ImageBitmap,
  settings: Settings,
  signal: AbortSignal,
): Promise<Sighting[]> {
  const scale = Math.min(1, detectionSide / Math.min(frame.width, frame.height))
  const small = await pixelsOf(frame, { left: 0, top: 0, right: frame.width, bottom: frame.height }, scale)
  const faces = await matcher.detect(small, { signal })
  const boxes = faces.slice(0, mostFaces).map(({ box }) => scaled(box, 1 / scale))
  return identify(matcher, frame, boxes, settings, signal)
}

/** All faces in a picture, small ones too, the largest first. */
export async function readPicture(
  matcher: FaceMatcher,
  picture: ImageBitmap,
  settings: Settings,
  signal: AbortSignal,
): Promise<Sighting[]> {
  const faces = await matcher.detect(picture, { signal })
  return identify(
    matcher,
    picture,
    faces.map(({ box }) => box),
    settings,
    signal,
  )
}

async function identify(
  matcher: FaceMatcher,
  frame: ImageBitmap,
  boxes: readonly Box[],
  settings: Settings,
  signal: AbortSignal,
): Promise<Sighting[]> {
  const sightings: Sighting[] = []
  for (const box of boxes) {
    const crop = await cropOf(frame, box)
    const answer = await search(matcher, crop, settings, signal)
    if (answer !== null) sightings.push({ box, crop, ...answer })
  }
  return sightings
}

/** `null` where a second look shows that there is no face. */
async function search(
  matcher: FaceMatcher,
  crop: ImageData,
  { mode, minScore, collectionId }: Settings,
  signal: AbortSignal,
): Promise<Pick<Sighting, 'candidate' | 'reasons'> | null> {
  try {
    const { candidates } = await matcher.search(crop, {
      mode,
      minScore,
      maxResults: 1,
      signal,
      ...(collectionId === null ? {} : { collectionId }),
    })
    return { candidate: candidates[0] ?? null, reasons: [] }
  } catch (error) {
    if (isVisavisError(error, 'low_quality')) return { candidate: null, reasons: error.reasons }
    if (isVisavisError(error, 'no_face') || isVisavisError(error, 'multiple_faces')) return null
    throw error
  }
}

function cropOf(frame: ImageBitmap, { left, top, right, bottom }: Box): Promise<ImageData> {
  const side = Math.max(right - left, bottom - top) * cropOverBox
  const x = (left + right - side) / 2
  const y = (top + bottom - side) / 2 - side * cropLift
  return pixelsOf(frame, { left: x, top: y, right: x + side, bottom: y + side }, Math.min(1, cropSide / side))
}

let context: OffscreenCanvasRenderingContext2D | null = null

/** A part of a frame, which may reach over its edge, scaled by the browser before a single pixel is read. */
async function pixelsOf(frame: ImageBitmap, { left, top, right, bottom }: Box, scale: number): Promise<ImageData> {
  const width = Math.max(1, Math.round((right - left) * scale))
  const height = Math.max(1, Math.round((bottom - top) * scale))
  const part = [left, top, Math.max(1, right - left), Math.max(1, bottom - top)].map(Math.round)
  const bitmap = await createImageBitmap(frame, ...(part as [number, number, number, number]), {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
  })
  try {
    context ??= new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
    if (context === null) throw new Error('This browser has no 2-D canvas to read pictures with.')
    // Clears it, too.
    context.canvas.width = width
    context.canvas.height = height
    context.drawImage(bitmap, 0, 0)
    return context.getImageData(0, 0, width, height)
  } finally {
    bitmap.close()
  }
}

function scaled({ left, top, right, bottom }: Box, factor: number): Box {
  return { left: left * factor, top: top * factor, right: right * factor, bottom: bottom * factor }
}
