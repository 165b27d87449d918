import { Mipmap } from '../../image/mipmap.ts'
import type { Box, Pixels } from '../../image/pixels.ts'
import { merge, type FaceDetector, type Find, type View } from './face-detector.ts'
import { disagreement, regionOf, viewOf } from './find-region.ts'
import { boundingBox, regionAround, type FaceMesh, type MeshReading, type Region } from './face-mesh.ts'

/** A face with all its landmarks. */
export interface LocatedFace {
  /** The probability that this is a face, 0..1. */
  readonly score: number
  /** 468 points as x, y in pixels of the picture, in MediaPipe's order. */
  readonly landmarks: Float32Array
  /** Upright, around the landmarks. */
  readonly box: Box
}

/**
 * The longer side of what the detector is shown first of a picture in which one face is looked for, its pixels: enough
 * for a face that fills a crop, and for any other that could be meant beside it.
 */
const cropSide = 64
/** What share of the longer side a face must take to be a crop's. */
const leastOfCrop = 0.4

/** From these log-odds on the mesh is sure of a face; below, further checks follow. */
const sureLogit = 13
/** Below these it is no face: where one fills the picture, as a crop's should, and elsewhere, where more is taken for one. */
const leastLogit = { ofCrop: -2, elsewhere: 2 } as const

/**
 * The longer sides of what the detector is shown of a picture, its pixels. It finds faces of about 16 to 100 of them, so
 * the steps overlap, and the last one shows a face that spans a 45th of the picture.
 */
const fieldSides = [64, 128, 256, 768]
/** No more than this is a picture enlarged for the detector, but for the first two steps. */
const mostEnlarged = 1.25

/** What a find needs to be looked at closely. */
const leastScore = 0.4
/** What it needs there, seen upright and as large as the detector likes best. */
const leastCloseScore = 0.5
/** How far the face may then lie from where it was found first, over its size. */
const mostMoved = 0.35

/** How far the mesh's landmarks may lie from the detector's points, see {@link disagreement}, where it is sure. */
const mostDisagreement = 0.3
/** The same where it is not. */
const mostUnsureDisagreement = 0.2

/** How much better the detector may like a face the other way round. */
const mostBetterTurned = 0.05

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
const asWell: Tolerance = { shift: 0.2, stretch: 0.5, turn: 0.3 }
/** How near a region must come to what its own reading says. */
const settled: Tolerance = { shift: 0.1, stretch: 0.3, turn: 0.3 }
/** How near a region lies to what its reading says when reading again would not make the landmarks any better. */
const exact: Tolerance = { shift: 0.05, stretch: 0.15, turn: 0.1 }

/** How often a face is read before the landmarks must stay where they are. */
const mostReads = 4

/** For how long, milliseconds, a picture with many faces may block the thread before other tasks get a turn. */
const longestTurn = 50

/**
 * Finds faces. The detector says where they are, the mesh reads their landmarks there, and a face is what both agree on:
 * the mesh alone, shown a face beside its middle or none at all, draws one all the same and is sure of it.
 */
export class Locator {
  readonly #mesh: FaceMesh
  readonly #detector: FaceDetector

  constructor(mesh: FaceMesh, detector: FaceDetector) {
    this.#mesh = mesh
    this.#detector = detector
  }

  /**
   * All faces, the largest first.
   *
   * @param check Throws where the search must end; called between two faces.
   */
  async all(pixels: Pixels, check: () => void): Promise<LocatedFace[]> {
    const faces = await this.#search(new Mipmap(pixels), check)
    return faces.sort((a, b) => area(b.box) - area(a.box))
  }

  /**
   * The face of a crop, or all faces, the most prominent first.
   *
   * @param twice reads a crop's landmarks again, framed by the first reading, until they stay where they are: a little
   * more exact, mostly for one more run of the mesh.
   */
  async prominent(pixels: Pixels, twice: boolean, check: () => void): Promise<LocatedFace[]> {
    const picture = new Mipmap(pixels)
    const face = this.#readCrop(picture, twice)
    if (face !== null) return [face]
    const faces = await this.#search(picture, check)
    return faces.sort((a, b) => prominence(b.box, pixels) - prominence(a.box, pixels))
  }

  /** The face that fills a crop, if it is the only one that could be meant. */
  #readCrop(picture: Mipmap, twice: boolean): LocatedFace | null {
    const finds = this.#detector.find(picture, wholeView(picture.pixels, cropSide), leastCloseScore)
    const [find] = finds
    if (find === undefined || finds.length > 1 || !fills(picture, find)) return null
    const region = regionOf(find)
    const first = this.#mesh.read(picture, region)
    if (first.logit < sureLogit) return null
    const better = regionAround(first.landmarks)
    const last = isNear(region, better, twice ? exact : asWell) ? first : this.#read(picture, better, sureLogit)
    return last !== null && disagreement(find, last.landmarks) < mostDisagreement ? located(last) : null
  }

  async #search(picture: Mipmap, check: () => void): Promise<LocatedFace[]> {
    const faces: LocatedFace[] = []
    let turnEnds = performance.now() + longestTurn
    for (const find of this.#finds(picture)) {
      check()
      if (isKnown(faces, boxOf(find))) continue
      const face = this.#confirm(picture, find)
      if (face !== null && !isKnown(faces, face.box)) faces.push(face)
      if (performance.now() > turnEnds) {
        await new Promise((resolve) => setTimeout(resolve, 0))
        turnEnds = performance.now() + longestTurn
      }
    }
    return faces
  }

  /** What the detector takes for faces, seen from afar and closer, the surest first. */
  #finds(picture: Mipmap): Find[] {
    const { width, height } = picture.pixels
    const longest = Math.max(width, height)
    const finds = fieldSides
      .filter((side, i) => i < 2 || side <= longest * mostEnlarged)
      .flatMap((side) => this.#detector.find(picture, wholeView(picture.pixels, side), leastScore))
    return merge(finds)
  }

  /** The face at a find, if a closer look and the mesh confirm it. */
  #confirm(picture: Mipmap, find: Find): LocatedFace | null {
    const close = this.#lookAt(picture, find, 0)
    if (close === undefined) return null
    const least = fills(picture, find) ? leastLogit.ofCrop : leastLogit.elsewhere
    const reading = this.#read(picture, regionOf(close), least)
    if (reading === null) return null
    const apart = disagreement(close, reading.landmarks)
    if (reading.logit >= sureLogit) return apart < mostDisagreement ? located(reading) : null
    if (apart > mostUnsureDisagreement) return null
    // Of a head upside down the detector makes an upright one, and the mesh follows it, unsure: seen the right way round
    // it scores higher.
    const turned = this.#lookAt(picture, find, Math.PI)
    return turned === undefined || turned.score < close.score + mostBetterTurned ? located(reading) : null
  }

  /** The face at a find as a closer look shows it, the view turned by `turn` more. */
  #lookAt(picture: Mipmap, find: Find, turn: number): Find | undefined {
    return this.#detector
      .find(picture, viewOf(find, turn), leastCloseScore)
      .filter((seen) => distance(seen, find) < find.size * mostMoved)
      .sort((a, b) => distance(a, find) - distance(b, find))[0]
  }

  /** Reads a region until its own reading confirms it; `null` where it shows no face, or none that stays in place. */
  #read(picture: Mipmap, first: Region, least: number): MeshReading | null {
    let region = first
    for (let read = 1; ; read++) {
      const reading = this.#mesh.read(picture, region)
      if (reading.logit < least) return null
      const next = regionAround(reading.landmarks)
      if (isNear(region, next, exact)) return reading
      if (read === mostReads) return isNear(region, next, settled) ? reading : null
      region = next
    }
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
  const turn = Math.abs(Math.atan2(Math.sin(a.rotation - b.rotation), Math.cos(a.rotation - b.rotation)))
  return shift < within.shift && stretch < within.stretch && turn < within.turn
}

function located({ logit, landmarks }: MeshReading): LocatedFace {
  return { score: 1 / (1 + Math.exp(-logit)), landmarks, box: boundingBox(landmarks) }
}

/** Whether a find takes so much of a picture as a crop's face does. */
function fills({ pixels: { width, height } }: Mipmap, { size }: Find): boolean {
  return size >= Math.max(width, height) * leastOfCrop
}

function distance(a: Find, b: Find): number {
  return Math.hypot(a.centerX - b.centerX, a.centerY - b.centerY)
}

/** All of a picture, its longer side in so many of the detector's pixels, with black at the other's ends. */
function wholeView({ width, height }: Pixels, side: number): View {
  const scale = Math.max(width, height) / side
  const place = { centerX: width / 2, centerY: height / 2, scale, rotation: 0 }
  return { ...place, width: upTo32(width / scale), height: upTo32(height / scale) }
}

/** A side of a view: the detector halves what it is shown four times, and few different sides keep memory in place. */
function upTo32(side: number): number {
  return Math.max(1, Math.ceil(side / 32)) * 32
}

function isKnown(faces: readonly LocatedFace[], box: Box): boolean {
  return faces.some((known) => overlap(known.box, box) > sameFace)
}

function boxOf({ centerX, centerY, size }: Find): Box {
  const half = size / 2
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
