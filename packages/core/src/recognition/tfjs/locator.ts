import type { Box, Pixels } from '../../image/pixels.ts'
import type { FaceFinder, Tiling } from './face-finder.ts'
import { boundingBox, regionAround, regionOverBox, type FaceMesh, type MeshReading, type Region } from './face-mesh.ts'

/** A face with all its landmarks. */
export interface LocatedFace extends MeshReading {
  /** Upright, around the landmarks. */
  readonly box: Box
}

/** Below this probability a reading of the mesh is no face. */
const leastScore = 0.5
/** The same for what only a tile showed: searching harder asks more often, and badges and patterns answer, too. */
const leastTileScore = 0.995
/** What a crop's first reading needs for the detector to be spared. */
const sureScore = 0.9

/** The longest side, pixels, up to which a picture is first taken for the crop of one face. */
const largestCrop = 160

/** Where the face lies in a usual crop, as shares of its longer side: what the mesh is shown first. */
const usualCrop = { centerX: 0.5, centerY: 0.54, size: 1.09 }

/** Two boxes that share more than this of the smaller one's area are one face. */
const sameFace = 0.4

/** How far two regions may lie apart. */
interface Tolerance {
  /** Between the centres, over the side. */
  readonly shift: number
  /** Of the sides, powers of two. */
  readonly stretch: number
  /** Radians. */
  readonly turn: number
}

/** How near a crop's first region must be to the best one: within what the mesh reads as well. */
const asWell: Tolerance = { shift: 0.2, stretch: 0.5, turn: 0.45 }
/** The same but for the tilt of the head. */
const asWellTilted: Tolerance = { ...asWell, turn: 1.1 }
/** How near a region must come to what its own reading says. */
const settled: Tolerance = { shift: 0.1, stretch: 0.3, turn: 0.3 }

/** How near a region lies to what its reading says when reading again would not make the landmarks any better. */
const exact: Tolerance = { shift: 0.05, stretch: 0.15, turn: 0.1 }

/** How often a crop is read before the landmarks must stay where they are. */
const mostReads = 3

/** How often the detector may look at a find before it must stay where it is. */
const mostLooks = 5

/**
 * Finds faces. A crop's one face is read off it directly by the mesh; only where that reading is unsure, or lies
 * elsewhere than in a crop, is the whole picture searched.
 */
export class Locator {
  readonly #mesh: FaceMesh
  readonly #finder: () => Promise<FaceFinder>

  constructor(mesh: FaceMesh, finder: () => Promise<FaceFinder>) {
    this.#mesh = mesh
    this.#finder = finder
  }

  /** All faces, the largest first. */
  async all(pixels: Pixels, signal?: AbortSignal): Promise<LocatedFace[]> {
    const faces: LocatedFace[] = []
    for (const tiling of tilingsFor(pixels)) await this.#addFaces(faces, pixels, tiling, signal)
    return faces.sort((a, b) => area(b.box) - area(a.box))
  }

  /**
   * The face of a crop, or the faces of a picture as soon as a tiling shows any, the most prominent first.
   *
   * @param twice reads a crop's landmarks a second time, framed by the first reading: a little more exact, for one more
   * run of the mesh.
   */
  async prominent(pixels: Pixels, twice: boolean, signal?: AbortSignal): Promise<LocatedFace[]> {
    const face = this.#readCrop(pixels, twice)
    if (face !== null) return [face]
    const faces: LocatedFace[] = []
    for (const tiling of tilingsFor(pixels)) {
      await this.#addFaces(faces, pixels, tiling, signal)
      if (faces.length > 0) break
    }
    return faces.sort((a, b) => prominence(b.box, pixels) - prominence(a.box, pixels))
  }

  #readCrop(pixels: Pixels, twice: boolean): LocatedFace | null {
    const side = Math.max(pixels.width, pixels.height)
    if (side > largestCrop) return null
    const shown: Region = {
      centerX: pixels.width * usualCrop.centerX,
      centerY: pixels.height * usualCrop.centerY,
      size: side * usualCrop.size,
      rotation: 0,
    }
    const reading = this.#mesh.read(pixels, shown)
    if (reading.score < sureScore) return null
    const better = regionAround(reading.landmarks)
    const good = isNear(shown, better, asWell) ? withBox(reading) : null
    if (good !== null && !twice) return good
    // A head that is tilted far is read again, upright: the detector would not know it.
    if (!isNear(shown, better, asWellTilted)) return null
    return this.#readUpright(pixels, better) ?? good
  }

  /** Reads a region until its own reading confirms it; `null` where it shows no face, or none that stays in place. */
  #readUpright(pixels: Pixels, first: Region): LocatedFace | null {
    let region = first
    for (let read = 1; ; read++) {
      const reading = this.#mesh.read(pixels, region)
      if (reading.score < sureScore) return null
      const next = regionAround(reading.landmarks)
      if (isNear(region, next, exact)) return withBox(reading)
      if (read === mostReads) return isNear(region, next, settled) ? withBox(reading) : null
      region = next
    }
  }

  async #addFaces(faces: LocatedFace[], pixels: Pixels, tiling: Tiling, signal?: AbortSignal): Promise<void> {
    const finder = await this.#finder()
    const least = tiling === 1 ? leastScore : leastTileScore
    for (const region of await finder.find(pixels, tiling, signal)) {
      const face = await this.#settle(faces, pixels, region, signal)
      if (face !== null && face.score >= least && !isKnown(faces, face.box)) faces.push(face)
    }
  }

  /**
   * Looks at a find again and again, each time framed by the landmarks that the last look gave, until it stays where it
   * is. A find at the edge of a tile or between two faces moves onto a face this way, or is lost; `null` then, and
   * where the face is known.
   */
  async #settle(
    faces: readonly LocatedFace[],
    pixels: Pixels,
    found: Region,
    signal: AbortSignal | undefined,
  ): Promise<LocatedFace | null> {
    const finder = await this.#finder()
    let region = found
    for (let look = 0; look < mostLooks; look++) {
      signal?.throwIfAborted()
      if (isKnown(faces, boxOf(region))) return null
      const seen = await finder.confirm(pixels, region)
      if (seen === null) return null
      const first = this.#mesh.read(pixels, seen)
      const next = regionAround(first.landmarks)
      const reading = this.#mesh.read(pixels, next)
      if (Math.min(first.score, reading.score) < leastScore) return null
      const last = regionAround(reading.landmarks)
      if (isNear(region, last, settled) && isNear(next, last, settled)) return withBox(reading)
      region = last
    }
    return null
  }
}

/**
 * How much a face looks like the one that is meant, in square pixels: its area, less the farther it is from the
 * centre, down to a quarter in a corner.
 */
export function prominence(box: Box, { width, height }: Pixels): number {
  const fromCenter = Math.hypot((box.left + box.right - width) / width, (box.top + box.bottom - height) / height)
  return area(box) * (1 - (0.75 * Math.min(fromCenter, Math.SQRT2)) / Math.SQRT2)
}

/** A small picture is looked at as a whole; there is nothing in its parts that the whole does not show. */
function tilingsFor({ width, height }: Pixels): readonly Tiling[] {
  return Math.min(width, height) > largestCrop ? [1, 2, 3] : [1]
}

function isNear(a: Region, b: Region, within: Tolerance): boolean {
  const shift = Math.hypot(a.centerX - b.centerX, a.centerY - b.centerY) / b.size
  const stretch = Math.abs(Math.log2(a.size / b.size))
  return shift < within.shift && stretch < within.stretch && Math.abs(a.rotation - b.rotation) < within.turn
}

function withBox(reading: MeshReading): LocatedFace {
  return { ...reading, box: boundingBox(reading.landmarks) }
}

function isKnown(faces: readonly LocatedFace[], box: Box): boolean {
  return faces.some((known) => overlap(known.box, box) > sameFace)
}

/** The face's box in the middle of a region. */
function boxOf({ centerX, centerY, size }: Region): Box {
  const half = size / regionOverBox / 2
  return { left: centerX - half, top: centerY - half, right: centerX + half, bottom: centerY + half }
}

function area(box: Box): number {
  return Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top)
}

/** The share of the smaller box that lies in the larger. */
function overlap(a: Box, b: Box): number {
  const shared = area({
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  })
  return shared / Math.min(area(a), area(b))
}
