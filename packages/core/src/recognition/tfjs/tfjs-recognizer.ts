import type { ModelPack } from '@visavis/models'
import { VisavisError } from '../../errors.ts'
import type { Pixels } from '../../image/pixels.ts'
import type { DetectedFace } from '../../face.ts'
import type { Recognition, RecognizeOptions, Recognizer } from '../recognizer.ts'
import { describeFace, lowQuality } from './describe-face.ts'
import type { FaceDetector } from './face-detector.ts'
import type { FaceMesh } from './face-mesh.ts'
import { Locator, prominence } from './locator.ts'
import type { PackEmbedder } from './pack-embedder.ts'

/** A second face this prominent beside the first makes it unclear which one is meant. */
const rivalProminence = { search: 0.6, enroll: 0.35 } as const

/** A recognizer in this thread, with its networks loaded. */
export class TfjsRecognizer implements Recognizer {
  readonly model: ModelPack
  readonly #mesh: FaceMesh
  readonly #detector: FaceDetector
  readonly #embedder: PackEmbedder
  readonly #locator: Locator
  #closed = false

  constructor(model: ModelPack, mesh: FaceMesh, detector: FaceDetector, embedder: PackEmbedder) {
    this.model = model
    this.#mesh = mesh
    this.#detector = detector
    this.#embedder = embedder
    this.#locator = new Locator(mesh, detector)
  }

  async detect(passed: Pixels, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<DetectedFace[]> {
    this.#check(signal)
    const image = asNow(passed)
    const faces = await this.#locator.all(image, () => this.#check(signal))
    return faces.map((face) => describeFace(image, face))
  }

  async recognize(passed: Pixels, { mode, purpose, signal }: RecognizeOptions): Promise<Recognition> {
    this.#check(signal)
    const image = asNow(passed)
    const started = performance.now()
    const { plans } = this.model
    const plan = purpose === 'enroll' ? plans.enroll : mode === 'ACCURATE' ? plans.accurate : plans.fast
    const [located, second] = await this.#locator.prominent(image, plan.rereadLandmarks, () => this.#check(signal))
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
    const face = describeFace(image, located, purpose)
    if (face.quality.reasons.length > 0) throw lowQuality(face.quality.reasons, purpose)
    const found = performance.now()
    const template = this.#embedder.embed(image, located.landmarks, plan)
    return { template, face, milliseconds: { locate: found - started, embed: performance.now() - found } }
  }

  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true
      for (const network of [this.#mesh, this.#detector, this.#embedder]) network.dispose()
    }
    return Promise.resolve()
  }

  #check(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted()
    if (this.#closed) {
      throw new VisavisError('matcher_closed', 'The recognizer was closed; create a new one.')
    }
  }
}

/** What is looked at several times with pauses between must not change meanwhile. */
function asNow(image: Pixels): Pixels {
  return { ...image, data: new Uint8Array(image.data) }
}
