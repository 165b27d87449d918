import {
  dlibResnet,
  faceDetector,
  faceMesh,
  wasmBackend,
  type EmbedderManifest,
  type NetworkManifest,
} from '@visavis/models'
import { VisavisError, type QualityReason } from '../../errors.ts'
import type { Pixels } from '../../image/pixels.ts'
import { measureQuality, qualityReasons } from '../quality.ts'
import type { DetectedFace, FaceLandmarks, Recognition, RecognizeOptions, Recognizer } from '../recognizer.ts'
import { loadAsset, type AssetSources } from './assets.ts'
import { startBackend } from './backend.ts'
import { Embedder } from './embedder.ts'
import { FaceFinder } from './face-finder.ts'
import { FaceMesh, landmarkAt, landmarkCount } from './face-mesh.ts'
import { graphModelHandler, loadGraph, type GraphModelBytes } from './graph-model.ts'
import { Locator, prominence, type LocatedFace } from './locator.ts'

export interface RecognizerOptions {
  /** Where the model files are. @default the files of the models package, found beside its code */
  assets?: AssetSources
  /** The network that makes templates. @default dlib's ResNet, 128 dimensions */
  embedder?: EmbedderManifest
  /** Stops loading. */
  signal?: AbortSignal
}

/** A second face this prominent beside the first makes it unclear whose template is asked for. */
const rivalProminence = { search: 0.6, enroll: 0.35 } as const

/**
 * A recognizer in this thread, on TensorFlow.js's WebAssembly backend with one thread and SIMD.
 *
 * @throws VisavisError `model_load_failed` where a file cannot be had or WebAssembly is blocked, `model_corrupt` where
 * a file is not what its manifest promises, `model_mismatch` where the embedder's manifest makes no sense.
 */
export async function createRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  const { assets, signal, embedder: manifest = dlibResnet } = options
  checkManifest(manifest)
  const bytesOf = async (network: NetworkManifest): Promise<GraphModelBytes> => {
    const [model, weights] = await Promise.all([
      loadAsset(network.model, assets, signal),
      loadAsset(network.weights, assets, signal),
    ])
    return { model, weights }
  }
  // Fetched side by side; the detector, too, so that a device that goes offline later has all it needs.
  const [meshBytes, embedderBytes, detectorBytes] = await Promise.all([
    bytesOf(faceMesh),
    bytesOf(manifest),
    bytesOf(faceDetector),
    startBackend(() => loadAsset(wasmBackend, assets, signal)),
  ])
  signal?.throwIfAborted()
  const mesh = new FaceMesh(await loadGraph(meshBytes, faceMesh.model.name))
  const network = await loadGraph(embedderBytes, manifest.model.name).catch((error: unknown) => {
    mesh.dispose()
    throw error
  })
  const embedder = new Embedder(network, manifest)
  const finder = (): Promise<FaceFinder> =>
    FaceFinder.create(
      graphModelHandler(detectorBytes, faceDetector.model.name),
      graphModelHandler(meshBytes, faceMesh.model.name),
    )
  return new TfjsRecognizer(manifest, mesh, embedder, finder)
}

class TfjsRecognizer implements Recognizer {
  readonly model: EmbedderManifest
  readonly #mesh: FaceMesh
  readonly #embedder: Embedder
  readonly #locator: Locator
  readonly #createFinder: () => Promise<FaceFinder>
  #finder: Promise<FaceFinder> | undefined
  #closed = false

  constructor(model: EmbedderManifest, mesh: FaceMesh, embedder: Embedder, createFinder: () => Promise<FaceFinder>) {
    this.model = model
    this.#mesh = mesh
    this.#embedder = embedder
    this.#createFinder = createFinder
    this.#locator = new Locator(mesh, () => this.#findFinder())
  }

  async detect(image: Pixels, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<DetectedFace[]> {
    this.#check(signal)
    const faces = await this.#locator.all(image, signal)
    return faces.map((face) => describe(image, face))
  }

  async recognize(image: Pixels, { mode, purpose, signal }: RecognizeOptions): Promise<Recognition> {
    this.#check(signal)
    const started = performance.now()
    const accurate = mode === 'ACCURATE'
    const [located, second] = await this.#locator.prominent(image, accurate, signal)
    this.#check(signal)
    if (located === undefined) {
      throw new VisavisError('no_face', 'No face was found in the picture; use one that shows a face from the front.')
    }
    if (
      second !== undefined &&
      prominence(second.box, image) > rivalProminence[purpose] * prominence(located.box, image)
    ) {
      throw new VisavisError(
        'multiple_faces',
        'The picture shows two faces that could both be meant; crop it to the one face.',
      )
    }
    const face = describe(image, located, purpose)
    if (face.quality.reasons.length > 0) throw lowQuality(face.quality.reasons, purpose)
    const found = performance.now()
    const template = this.#embedder.embed(image, located.landmarks, accurate)
    return { template, face, milliseconds: { locate: found - started, embed: performance.now() - found } }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const finder = await this.#finder?.catch(() => undefined)
    finder?.dispose()
    this.#mesh.dispose()
    this.#embedder.dispose()
  }

  /** The whole-picture detector is made when a picture first needs it: most crops never do. */
  #findFinder(): Promise<FaceFinder> {
    this.#finder ??= this.#createFinder().catch((error: unknown) => {
      this.#finder = undefined
      throw error
    })
    return this.#finder
  }

  #check(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted()
    if (this.#closed) {
      throw new VisavisError('matcher_closed', 'The recognizer was closed; create a new one.')
    }
  }
}

function describe(image: Pixels, face: LocatedFace, purpose: 'search' | 'enroll' = 'search'): DetectedFace {
  const landmarks = fivePoints(face.landmarks)
  const measures = measureQuality(image, landmarks, yawOf(face.landmarks), visibleShare(image, face.landmarks))
  return {
    box: face.box,
    landmarks,
    score: face.score,
    quality: { ...measures, reasons: qualityReasons(measures, purpose) },
  }
}

function fivePoints(mesh: Float32Array): FaceLandmarks {
  const middle = (i: number, j: number): [number, number] => {
    const [a, b] = [landmarkAt(mesh, i), landmarkAt(mesh, j)]
    return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
  }
  return {
    leftEye: middle(33, 133),
    rightEye: middle(362, 263),
    nose: landmarkAt(mesh, 1),
    leftMouth: landmarkAt(mesh, 61),
    rightMouth: landmarkAt(mesh, 291),
  }
}

/** From where the tip of the nose stands between the two edges of the face, along the line of the eyes. */
function yawOf(mesh: Float32Array): number {
  const [left, right, nose] = [landmarkAt(mesh, 234), landmarkAt(mesh, 454), landmarkAt(mesh, 1)]
  const acrossX = right[0] - left[0]
  const acrossY = right[1] - left[1]
  const square = acrossX * acrossX + acrossY * acrossY
  if (!(square > 0)) return 1
  const along = ((nose[0] - left[0]) * acrossX + (nose[1] - left[1]) * acrossY) / square
  return Math.max(-1, Math.min(1, along * 2 - 1))
}

function visibleShare({ width, height }: Pixels, mesh: Float32Array): number {
  let inside = 0
  for (let i = 0; i < landmarkCount; i++) {
    const [x, y] = landmarkAt(mesh, i)
    if (x >= 0 && y >= 0 && x <= width && y <= height) inside++
  }
  return inside / landmarkCount
}

const advice: Record<QualityReason, string> = {
  too_small: 'the face is too small: come closer or use a larger picture',
  too_dark: 'the face is too dark: add light',
  too_bright: 'the face is too bright: use less light or exposure',
  low_contrast: 'the face has too little contrast',
  blurred: 'the face is blurred: hold still and focus',
  turned_away: 'the face is turned away: look at the camera',
  cut_off: 'the face is cut off: show all of it',
}

function lowQuality(reasons: readonly QualityReason[], purpose: 'search' | 'enroll'): VisavisError {
  const list = reasons.map((reason) => advice[reason]).join('; ')
  return new VisavisError('low_quality', `The picture is not good enough to ${purpose}: ${list}.`, { reasons })
}

function checkManifest(manifest: EmbedderManifest): void {
  const { input, template, dimensions, calibration, normalization } = manifest
  const check = (right: boolean, rule: string): void => {
    if (!right) {
      throw new VisavisError('model_mismatch', `The manifest of the embedder ${manifest.id} is wrong: ${rule}.`)
    }
  }
  check(isPositiveInteger(input.width) && isPositiveInteger(input.height), 'input sides must be positive whole numbers')
  check(template.length >= 2, 'template needs two points or more')
  check(
    template.every(({ landmarks }) => landmarks.length > 0 && landmarks.every(isLandmark)),
    `template landmarks must be whole numbers from 0 to ${landmarkCount - 1}`,
  )
  check(isPositiveInteger(dimensions), 'dimensions must be a positive whole number')
  check(normalization.divisor > 0, 'normalization.divisor must be positive')
  for (const table of [calibration.fast, calibration.accurate]) {
    const rises = table.every((knot, i) => {
      const before = table[i - 1]
      return before === undefined || (knot[0] > before[0] && knot[1] < before[1])
    })
    check(table.length >= 2 && rises, 'calibration needs two knots or more, with rising similarities and falling rates')
  }
}

function isLandmark(index: number): boolean {
  return Number.isInteger(index) && index >= 0 && index < landmarkCount
}

function isPositiveInteger(value: number): boolean {
  return Number.isInteger(value) && value > 0
}
