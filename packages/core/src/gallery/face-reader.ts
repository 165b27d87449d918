import { imageCodec } from '#image-codec'
import { VisavisError } from '../errors.ts'
import type { Crop } from '../image/crop.ts'
import { faceCrop } from '../image/face-crop.ts'
import type { Pixels } from '../image/pixels.ts'
import { TakenPictures } from '../image/taken-pictures.ts'
import { toPixels } from '../image/to-pixels.ts'
import { checkCrops } from '../options.ts'
import type { Recognition, RecognitionModel, RecognizeOptions, Recognizer } from '../recognition/recognizer.ts'
import type { FaceQuality, SearchMode } from '../face.ts'
import { fuseTemplates } from '../fused-template.ts'
import type { ScoredProbe } from '../score/scorer.ts'
import type { FaceRecord } from '../store/store.ts'
import { templateFault } from '../template.ts'
import { ModelChanged } from './model-changed.ts'

/** One face as it is compared, of one to three crops, and how long that took. */
export interface Probe extends ScoredProbe {
  /** The model that made the template. */
  readonly model: RecognitionModel
  /** Of each crop, in their order. */
  readonly quality: FaceQuality[]
  readonly milliseconds: { decode: number; locate: number; embed: number }
}

/** A crop as the recognizer saw it; `decode` in milliseconds. */
interface View extends Recognition {
  readonly pixels: Pixels
  readonly decode: number
}

/** Reads crops of one face: as a probe, or as what is stored of a person. */
export class FaceReader {
  #recognizer: Recognizer
  readonly #check: (signal: AbortSignal | undefined) => void

  /** @param check Throws where a call must end; called between the steps. */
  constructor(recognizer: Recognizer, check: (signal: AbortSignal | undefined) => void) {
    this.#recognizer = recognizer
    this.#check = check
  }

  /** Makes templates now. */
  get recognizer(): Recognizer {
    return this.#recognizer
  }

  /** Makes templates with another recognizer from the next picture on. */
  switchTo(recognizer: Recognizer): void {
    this.#recognizer = recognizer
  }

  /**
   * Takes the pictures of a call, before it awaits anything.
   *
   * @param name Of the option, for errors.
   * @throws VisavisError `invalid_option`, `invalid_image`
   */
  take(name: string, crop: Crop | readonly Crop[]): TakenPictures {
    return new TakenPictures(checkCrops(name, crop))
  }

  async probe(pictures: TakenPictures, mode: SearchMode, signal: AbortSignal | undefined): Promise<Probe> {
    const recognizer = this.#recognizer
    const views = await this.#views(recognizer, pictures, { mode, purpose: 'search', signal })
    const sum = (of: (view: View) => number): number => views.reduce((all, view) => all + of(view), 0)
    return {
      model: recognizer.model,
      template: fuseTemplates(views.map(({ template }) => template)),
      mode,
      quality: views.map(({ face }) => face.quality),
      milliseconds: {
        decode: sum(({ decode }) => decode),
        locate: sum(({ milliseconds }) => milliseconds.locate),
        embed: sum(({ milliseconds }) => milliseconds.embed),
      },
    }
  }

  /** What is stored of one to three pictures of a person. */
  async faces(pictures: TakenPictures, signal: AbortSignal | undefined): Promise<FaceRecord[]> {
    const faces: FaceRecord[] = []
    const recognizer = this.#recognizer
    for (const { template, face, pixels } of await this.#views(recognizer, pictures, {
      mode: 'ACCURATE',
      purpose: 'enroll',
      signal,
    })) {
      const thumbnail = await imageCodec.encodeJpeg(faceCrop(pixels, face.box))
      faces.push({ id: crypto.randomUUID(), thumbnail, modelId: recognizer.model.id, template })
    }
    return faces
  }

  /**
   * The face with a template of this model, made of its thumbnail. It passed the limits of enrolling before, so only
   * those of a probe are applied.
   */
  async renewed(face: FaceRecord, signal: AbortSignal | undefined): Promise<FaceRecord> {
    const recognizer = this.#recognizer
    const pixels = await toPixels(face.thumbnail)
    this.#check(signal)
    const { template } = await this.#recognize(recognizer, pixels, { mode: 'ACCURATE', purpose: 'search', signal })
    return { ...face, modelId: recognizer.model.id, template }
  }

  /** @param modelId Of the model that has to read them. @throws ModelChanged where it is another one by now */
  async views(pictures: TakenPictures, modelId: string, options: RecognizeOptions): Promise<View[]> {
    const recognizer = this.#recognizer
    if (recognizer.model.id !== modelId) throw new ModelChanged()
    return this.#views(recognizer, pictures, options)
  }

  async #views(recognizer: Recognizer, pictures: TakenPictures, options: RecognizeOptions): Promise<View[]> {
    return pictures.each(async (read) => {
      const started = performance.now()
      const pixels = await read()
      this.#check(options.signal)
      const decode = performance.now() - started
      return { ...(await this.#recognize(recognizer, pixels, options)), pixels, decode }
    })
  }

  /** @throws VisavisError `dimension_mismatch` where the recognizer gives something else than a template of its model */
  async #recognize(recognizer: Recognizer, pixels: Pixels, options: RecognizeOptions): Promise<Recognition> {
    const recognition = await recognizer.recognize(pixels, options)
    const { id, dimensions } = recognizer.model
    const { template } = recognition
    const fault = template.length === 0 ? 'is empty' : templateFault(template, dimensions)
    if (fault === undefined) return recognition
    throw new VisavisError(
      'dimension_mismatch',
      `The template that the recognizer made ${fault}; the model ${id} must give unit vectors of ${dimensions} finite numbers.`,
    )
  }
}
