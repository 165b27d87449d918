import { imageCodec } from '#image-codec'
import { isVisavisError, VisavisError } from './errors.ts'
import { GalleryCollections } from './gallery/collections.ts'
import { Gallery } from './gallery/gallery.ts'
import { newRequestId } from './gallery/ids.ts'
import { GalleryPersons, personNotFound } from './gallery/persons.ts'
import { GalleryState } from './gallery/state.ts'
import type { Crop } from './image/crop.ts'
import { faceCrop } from './image/face-crop.ts'
import { toPixels } from './image/to-pixels.ts'
import { checkCrops, checkId, checkMatchOptions, checkRecallOptions, checkSearchOptions } from './options.ts'
import type { FaceQuality, Recognition, Recognizer } from './recognition/recognizer.ts'
import { createScoreScale, type ScoreScale } from './score/score.ts'
import type {
  Candidate,
  Collections,
  CompareOptions,
  CompareResult,
  FaceMatcher,
  FoundFace,
  Persons,
  SearchMode,
  SearchOptions,
  SearchResult,
  VerifyOptions,
  VerifyResult,
} from './searcher.ts'
import { memoryStore } from './store/memory-store.ts'
import type { FaceRecord, Store } from './store/store.ts'
import type { IndexOptions } from './vector-index/index-options.ts'
import { createIndex } from './vector-index/create-index.ts'
import { verifyRecall, type RecallReport, type VerifyRecallOptions } from './vector-index/verify-recall.ts'
import type { VectorIndex } from './vector-index/vector-index.ts'

export interface MatcherOptions {
  /** What makes templates; the matcher closes it with itself. */
  recognizer: Recognizer
  /** Where people are kept; the matcher closes it with itself. @default in memory, gone with the process */
  store?: Store
  /** How templates are searched in memory. */
  index?: Omit<IndexOptions, 'model' | 'dimensions'>
  /** Stops opening the store. */
  signal?: AbortSignal
}

/** A matcher in this thread, which can be asked about its index, too. */
export interface LocalMatcher extends FaceMatcher {
  /** Compares FAST with ACCURATE on the templates that are enrolled. @throws VisavisError `matcher_closed` */
  verifyRecall(options?: VerifyRecallOptions): Promise<RecallReport>
  /**
   * Resolves when the index has done all that it does in the background to search what is enrolled now as fast as it can.
   * Nobody has to wait for it: searches are answered all the while.
   */
  settled(): Promise<void>
}

/**
 * A matcher in this thread, over everything the store holds.
 *
 * @throws VisavisError `model_mismatch` where the store's templates are those of another model, `model_load_failed`
 * where the index's WebAssembly cannot be loaded, `gallery_full`, and what reading the store throws; recognizer and store stay the caller's to close then.
 */
export async function createMatcher({
  recognizer,
  store = memoryStore(),
  index,
  signal,
}: MatcherOptions): Promise<LocalMatcher> {
  const { model } = recognizer
  const vectorIndex = await createIndex({ ...index, model: model.id, dimensions: model.dimensions })
  const gallery = new Gallery(model, vectorIndex)
  try {
    await gallery.load(store, signal)
    return new Matcher(recognizer, new GalleryState(store, gallery, await store.collections()), vectorIndex)
  } catch (error) {
    gallery.dispose()
    throw error
  }
}

/** One face as it is compared: a vector, and how long it took to come by. */
interface Probe {
  /**
   * A unit vector, or of several crops the mean of theirs, left shorter than one: its cosine with a template is then
   * the mean of the crops' cosines, and a stranger is no likelier to reach a score than with one crop.
   */
  readonly vector: Float32Array
  readonly quality: FaceQuality[]
  readonly milliseconds: { decode: number; locate: number; embed: number }
}

class Matcher implements LocalMatcher {
  readonly persons: Persons
  readonly collections: Collections
  readonly #recognizer: Recognizer
  readonly #state: GalleryState
  readonly #index: VectorIndex
  readonly #scales: Record<SearchMode, ScoreScale>
  #closing: Promise<void> | undefined

  constructor(recognizer: Recognizer, state: GalleryState, index: VectorIndex) {
    this.#recognizer = recognizer
    this.#state = state
    this.#index = index
    this.persons = new GalleryPersons(state, (images, signal) => this.#enroll(images, signal))
    this.collections = new GalleryCollections(state)
    this.#scales = {
      FAST: createScoreScale(recognizer.model.calibration.fast),
      ACCURATE: createScoreScale(recognizer.model.calibration.accurate),
    }
  }

  async search(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult> {
    return this.#state.run(options?.signal, () => this.#search(crop, options))
  }

  async verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    return this.#state.run(options?.signal, () => this.#verify(personId, crop, options))
  }

  async compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    return this.#state.run(options?.signal, () => this.#compare(probe, reference, options))
  }

  async detect(image: Crop, { signal }: { signal?: AbortSignal } = {}): Promise<FoundFace[]> {
    return this.#state.run(signal, () => this.#detect(image, signal))
  }

  async verifyRecall(options: VerifyRecallOptions = {}): Promise<RecallReport> {
    checkRecallOptions(options)
    return this.#state.run(options.signal, () => verifyRecall(this.#index, options))
  }

  async settled(): Promise<void> {
    this.#state.check()
    return this.#index.settled()
  }

  close(): Promise<void> {
    this.#closing ??= this.#state.close().finally(() => this.#recognizer.close())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #search(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult> {
    const started = performance.now()
    const { minScore, mode, maxResults } = checkSearchOptions(options)
    const { collectionId, signal } = options
    if (collectionId !== undefined) this.#state.findCollection(collectionId)
    const probe = await this.#probe('crop', crop, mode, signal)
    this.#state.check(signal)
    const searching = performance.now()
    const scale = this.#scales[mode]
    const hits = await this.#state.gallery.search(probe.vector, {
      mode,
      limit: maxResults,
      leastSimilarity: scale.toSimilarity(minScore) - rounding,
      collectionId,
    })
    const scores = new Map(hits.map(({ personId, similarity }) => [personId, scale.toScore(similarity)]))
    const records = await this.#state.store.persons(hits.map(({ personId }) => personId))
    const candidates = records
      .map((record): Candidate => ({ ...this.#state.describePerson(record), score: scores.get(record.id) ?? 0 }))
      .filter(({ score }) => score >= minScore)
    const ended = performance.now()
    return {
      id: newRequestId(),
      candidates,
      source: 'local',
      model: this.#recognizer.model.id,
      quality: probe.quality,
      milliseconds: { ...probe.milliseconds, search: ended - searching, total: ended - started },
    }
  }

  async #verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    checkId('personId', personId)
    checkMatchOptions(options)
    const { minScore, mode, collectionId, signal } = options
    if (collectionId !== undefined) this.#state.findCollection(collectionId)
    const probe = await this.#probe('crop', crop, mode, signal)
    this.#state.check(signal)
    const [record] = await this.#state.store.persons([personId])
    if (record === undefined) throw personNotFound()
    if (collectionId !== undefined && !record.collectionIds.includes(collectionId)) throw personNotFound()
    const similarity = Math.max(...record.faces.map(({ template }) => dot(probe.vector, template)))
    const score = this.#scales[mode].toScore(similarity)
    return { match: score >= minScore ? { ...this.#state.describePerson(record), score } : null, score }
  }

  async #compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    checkMatchOptions(options)
    const { minScore, mode, signal } = options
    const { vector } = await this.#probe('probe', probe, mode, signal)
    const similarities: number[] = []
    for (const { template } of await this.#recognizeAll('reference', reference, 'ACCURATE', 'search', signal)) {
      similarities.push(dot(vector, template))
    }
    const score = this.#scales[mode].toScore(Math.max(...similarities))
    return { score, passed: score >= minScore }
  }

  async #detect(image: Crop, signal: AbortSignal | undefined): Promise<FoundFace[]> {
    const pixels = await toPixels(image)
    const found: FoundFace[] = []
    for (const face of await this.#recognizer.detect(pixels, { signal })) {
      found.push({ ...face, thumbnail: await imageCodec.encodeJpeg(faceCrop(pixels, face.box)) })
    }
    return found
  }

  async #probe(
    name: string,
    crop: Crop | readonly Crop[],
    mode: SearchMode,
    signal: AbortSignal | undefined,
  ): Promise<Probe> {
    const views = await this.#recognizeAll(name, crop, mode, 'search', signal)
    const vector = new Float32Array(this.#recognizer.model.dimensions)
    for (const { template } of views) {
      for (const [i, value] of template.entries()) vector[i] = (vector[i] as number) + value / views.length
    }
    const sum = (of: (view: (typeof views)[number]) => number): number => views.reduce((all, view) => all + of(view), 0)
    return {
      vector,
      quality: views.map(({ face }) => face.quality),
      milliseconds: {
        decode: sum(({ decode }) => decode),
        locate: sum(({ milliseconds }) => milliseconds.locate),
        embed: sum(({ milliseconds }) => milliseconds.embed),
      },
    }
  }

  async #enroll(images: readonly Crop[], signal: AbortSignal | undefined): Promise<FaceRecord[]> {
    const faces: FaceRecord[] = []
    for (const { template, face, pixels } of await this.#recognizeAll('images', images, 'ACCURATE', 'enroll', signal)) {
      const thumbnail = await imageCodec.encodeJpeg(faceCrop(pixels, face.box))
      faces.push({ id: crypto.randomUUID(), thumbnail, modelId: this.#recognizer.model.id, template })
    }
    return faces
  }

  async #recognizeAll(
    name: string,
    crop: Crop | readonly Crop[],
    mode: SearchMode,
    purpose: 'search' | 'enroll',
    signal: AbortSignal | undefined,
  ): Promise<(Recognition & { pixels: Awaited<ReturnType<typeof toPixels>>; decode: number })[]> {
    const crops = checkCrops(name, crop)
    const views = []
    for (const [i, one] of crops.entries()) {
      try {
        const started = performance.now()
        const pixels = await toPixels(one)
        this.#state.check(signal)
        const decode = performance.now() - started
        views.push({ ...(await this.#recognizer.recognize(pixels, { mode, purpose, signal })), pixels, decode })
      } catch (error) {
        throw crops.length > 1 ? numbered(error, i + 1, crops.length) : error
      }
    }
    return views
  }
}

/** What float32 sums may lose; candidates are held against `minScore` itself afterwards. */
const rounding = 1e-5

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (const [i, value] of a.entries()) sum += value * (b[i] as number)
  return sum
}

/** Says which of several pictures an error is about. */
function numbered(error: unknown, number: number, count: number): unknown {
  if (!isVisavisError(error)) return error
  return new VisavisError(error.code, `Picture ${number} of ${count}: ${error.message}`, {
    cause: error,
    reasons: error.reasons,
    picture: number,
  })
}
