import {
  createDetector,
  SupportedModels,
  type FaceLandmarksDetector,
} from '@tensorflow-models/face-landmarks-detection'
import * as tf from '@tensorflow/tfjs-core'
import type { Box, Pixels } from '../../image/pixels.ts'
import { warpInto } from '../../image/warp.ts'
import { boundingBox, landmarkCount, regionAround, type Region } from './face-mesh.ts'

/**
 * The side of the square the detector is fed, pixels. It looks at 128 of its own; twice that leaves its own resize
 * something to average, and one size for all keeps the backend's memory where it is.
 */
const frameSize = 256

/** The side of the window in which a face is looked at again, over the side of its region. */
const windowOverRegion = 1.7
/** How far from the middle of that window the face may lie, over the side of its region. */
const inTheMiddle = 0.2

/** The detector's square windows on a picture: how many a side, each overlapping the next by half. */
export type Tiling = 1 | 2 | 3

/** A square of the picture, pixels; it may reach over the picture's edge. */
interface Tile {
  readonly left: number
  readonly top: number
  readonly size: number
}

/**
 * Finds the faces of a whole picture with `@tensorflow-models/face-landmarks-detection`. Its short-range detector
 * misses faces smaller than about a tenth of what it is shown, so a picture can be looked at through tiles, too.
 */
export class FaceFinder {
  readonly #detector: FaceLandmarksDetector
  readonly #frame: Float32Array = new Float32Array(frameSize * frameSize * 3)

  private constructor(detector: FaceLandmarksDetector) {
    this.#detector = detector
  }

  static async create(detectorModel: tf.io.IOHandler, meshModel: tf.io.IOHandler): Promise<FaceFinder> {
    return new FaceFinder(
      await createDetector(SupportedModels.MediaPipeFaceMesh, {
        runtime: 'tfjs',
        refineLandmarks: false,
        maxFaces: 20,
        detectorModelUrl: detectorModel,
        landmarkModelUrl: meshModel,
      }),
    )
  }

  /** The regions of faces that one tiling of the picture shows; a face may come more than once. */
  async find(pixels: Pixels, tiling: Tiling, signal?: AbortSignal): Promise<Region[]> {
    const regions: Region[] = []
    for (const tile of tilesOf(pixels, tiling)) {
      signal?.throwIfAborted()
      regions.push(...(await this.#look(pixels, tile)))
    }
    return regions
  }

  /**
   * The face in the middle of a region, seen through a window that frames it as the detector likes best; `null` where
   * it sees none there. A second look, since at the edge of a tile, and between two faces, the first one errs.
   */
  async confirm(pixels: Pixels, region: Region): Promise<Region | null> {
    const size = region.size * windowOverRegion
    const window = { left: region.centerX - size / 2, top: region.centerY - size / 2, size }
    const seen = await this.#look(pixels, window)
    const distance = ({ centerX, centerY }: Region): number =>
      Math.hypot(centerX - region.centerX, centerY - region.centerY)
    const nearest = seen.sort((a, b) => distance(a) - distance(b))[0]
    return nearest !== undefined && distance(nearest) < region.size * inTheMiddle ? nearest : null
  }

  dispose(): void {
    this.#detector.dispose()
  }

  async #look(pixels: Pixels, tile: Tile): Promise<Region[]> {
    const scale = tile.size / frameSize
    warpInto(this.#frame, frameSize, frameSize, pixels, { a: scale, b: 0, tx: tile.left, ty: tile.top })
    const frame = tf.tensor3d(this.#frame, [frameSize, frameSize, 3])
    try {
      // In static mode, too, the package looks where it saw faces last, so that must be forgotten first. It takes what it
      // remembers before its first await: a call that runs at the same time cannot come between these two lines.
      this.#detector.reset()
      const faces = await this.#detector.estimateFaces(frame, { staticImageMode: true })
      return faces.flatMap(({ keypoints }) => {
        const landmarks = new Float32Array(landmarkCount * 2)
        for (const [i, { x, y }] of keypoints.slice(0, landmarkCount).entries()) {
          landmarks[i * 2] = x * scale + tile.left
          landmarks[i * 2 + 1] = y * scale + tile.top
        }
        return isCutBy(tile, boundingBox(landmarks), pixels) ? [] : [regionAround(landmarks)]
      })
    } finally {
      frame.dispose()
    }
  }
}

/**
 * Whether a tile's edge, other than at the picture's own, runs through a face. The next tile shows such a face whole;
 * what is made of the part in this one would lie beside it.
 */
function isCutBy({ left, top, size }: Tile, face: Box, { width, height }: Pixels): boolean {
  return (
    (left > 0 && face.left < left) ||
    (top > 0 && face.top < top) ||
    (left + size < width && face.right > left + size) ||
    (top + size < height && face.bottom > top + size)
  )
}

function tilesOf({ width, height }: Pixels, tiling: Tiling): Tile[] {
  if (tiling === 1) {
    // The whole picture, made square by black on both sides.
    const size = Math.max(width, height)
    return [{ left: (width - size) / 2, top: (height - size) / 2, size }]
  }
  const size = (Math.max(width, height) * 2) / (tiling + 1)
  return steps(height, size).flatMap((top) => steps(width, size).map((left) => ({ left, top, size })))
}

/** Where tiles of `size` begin so that they cover `length` and overlap by at least a half. */
function steps(length: number, size: number): number[] {
  if (length <= size) return [(length - size) / 2]
  const count = Math.ceil((length - size) / (size / 2)) + 1
  return Array.from({ length: count }, (_, i) => (i * (length - size)) / (count - 1))
}
