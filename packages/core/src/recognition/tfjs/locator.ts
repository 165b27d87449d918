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
const leastTileScore = 0.99
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
/** How near a region must come to what its own reading says. */
const settled: Tolerance = { shift: 0.1, stretch: 0.3, turn: 0.3 }

/** How often the detector may look at a find before it must stay where it is. */
const mostLooks = 5

/** How often a region is moved to where its reading says the face is: a tile's edge may have shown half of it. */
const refinements = 2

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
    const tilings: Tiling[] = Math.min(pixels.width, pixels.height) > largestCrop ? [1, 2, 3] : [1]
    const faces: LocatedFace[] = []
    for (const tiling of tilings) await this.#addFaces(faces, pixels, tiling, signal)
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
    const tilings: Tiling[] = Math.min(pixels.width, pixels.height) > largestCrop ? [1, 2, 3] : [1]
    const faces: LocatedFace[] = []
    for (const tiling of tilings) {
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
    if (!isNear(shown, better, asWell)) return null
    if (!twice) return withBox(reading)
    const second = this.#mesh.read(pixels, better)
    return second.score < sureScore ? null : withBox(second)
  }

  /** `null` where the region turns out to show no face, or the mesh goes on wandering over the picture. */
  #readRefined(pixels: Pixels, region: Region): LocatedFace | null {
    let read = region
    for (let i = 0; ; i++) {
      const reading = this.#mesh.read(pixels, read)
      if (reading.score < leastScore) return null
      const better = regionAround(reading.landmarks)
      if (!isNear(region, better, asWell)) return null
      if (i >= refinements) return isNear(read, better, settled) ? withBox(reading) : null
      read = better
    }
  }

  async #addFaces(faces: LocatedFace[], pixels: Pixels, tiling: Tiling, signal?: AbortSignal): Promise<void> {
    const finder = await this.#finder()
    for (const region of await finder.find(pixels, tiling, signal)) {
      const settledRegion = await this.#settle(faces, pixels, region, signal)
      const face = settledRegion === null ? null : this.#readRefined(pixels, settledRegion)
      if (face === null || face.score < (tiling === 1 ? leastScore : leastTileScore)) continue
      if (!isKnown(faces, face.box)) faces.push(face)
    }
  }

  /**
   * Looks at a find again and again, each time framed by the last look, until it stays where it is. A find at the edge
   * of a tile or between two faces moves onto a face this way, or is lost; `null` then, and where the face is known.
   */
  async #settle(
    faces: readonly LocatedFace[],
    pixels: Pixels,
    found: Region,
    signal: AbortSignal | undefined,
  ): Promise<Region | null> {
    const finder = await this.#finder()
    let region = found
    for (let look = 0; look < mostLooks; look++) {
      signal?.throwIfAborted()
      if (isKnown(faces, boxOf(region))) return null
      const next = await finder.confirm(pixels, region)
      if (next === null) return null
      if (isNear(region, next, settled)) return next
      region = next
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
