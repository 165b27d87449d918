import { imageCodec } from '#image-codec'
import { CollectionAges, syncTimeKey } from './gallery/collection-ages.ts'
import { GalleryCollections } from './gallery/collections.ts'
import { FaceReader } from './gallery/face-reader.ts'
import { encrypted, FollowedChanges, type OnStoreChange } from './gallery/follow-changes.ts'
import { createGalleryRecords, type GalleryRecords } from './gallery/gallery-records.ts'
import { Gallery, outdatedTemplates, type PersonHit } from './gallery/gallery.ts'
import { newRequestId } from './gallery/ids.ts'
import { GalleryPersons, personNotFound } from './gallery/persons.ts'
import { clearImport } from './gallery/import-area.ts'
import { loadGallery } from './gallery/load-gallery.ts'
import { reembed, reembedOptions, type ReembedOptions, type ReembedReport } from './gallery/reembed.ts'
import { GalleryState } from './gallery/state.ts'
import type { Crop } from './image/crop.ts'
import { faceCrop } from './image/face-crop.ts'
import { toPixels } from './image/to-pixels.ts'
import {
  checkCallOptions,
  checkCompareOptions,
  checkId,
  checkRecallOptions,
  checkSearchOptions,
  checkVerifyOptions,
} from './options.ts'
import type { Recognizer } from './recognition/recognizer.ts'
import { scaledFace } from './recognition/scaled-face.ts'
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
import { headerKey } from './store/encrypted/encryption-header.ts'
import { memoryStore } from './store/memory-store.ts'
import type { ForeignChanges, Store } from './store/store.ts'
import {
  abortSignal,
  anything,
  callback,
  checkOptions,
  having,
  optional,
  type OptionShape,
} from './values/option-shape.ts'
import type { IndexChoice } from './vector-index/index-options.ts'
import { createIndex } from './vector-index/create-index.ts'
import { verifyRecall, type RecallReport, type VerifyRecallOptions } from './vector-index/verify-recall.ts'
import type { VectorIndex } from './vector-index/vector-index.ts'

export interface MatcherOptions {
  /** What makes templates; the matcher closes it with itself. */
  recognizer: Recognizer
  /** Where people are kept; the matcher closes it with itself. @default in memory, gone with the process */
  store?: Store
  /**
   * Is told how many of the people in the store are in memory, while it opens: about once in a thousand people, and at the
   * end.
   */
  onProgress?: (progress: { people: number; total: number }) => void
  /**
   * Is told when another tab or worker has changed people or collections, and answers have it; and when that one is gone,
   * so that this one can change them.
   */
  onStoreChange?: OnStoreChange
  /** How templates are searched in memory. @default 'auto' */
  index?: IndexChoice
  /** Stops opening the store. */
  signal?: AbortSignal
}

const matcherOptions: OptionShape<MatcherOptions> = {
  recognizer: having('a recognizer, such as createRecognizer gives', 'recognize', 'detect', 'close'),
  store: optional(having('a store, such as sqliteStore gives', 'write', 'persons', 'close')),
  onProgress: optional(callback),
  onStoreChange: optional(callback),
  // Checked by what makes the index, for which it may be several things.
  index: anything,
  signal: optional(abortSignal),
}

/** A matcher on this device, in this thread or in a worker, which can be asked about its index and its records, too. */
export interface LocalMatcher extends FaceMatcher {
  /** Compares FAST with ACCURATE on the templates that are enrolled. @throws VisavisError `matcher_closed` */
  verifyRecall(options?: VerifyRecallOptions): Promise<RecallReport>
  /**
   * Resolves when the index has done all that it does in the background to search what is enrolled now as fast as it can.
   * Nobody has to wait for it: searches are answered all the while.
   */
  settled(): Promise<void>
  /**
   * How many people have templates of another model than the recognizer's. Those are never compared: a search that would
   * need them rejects with `model_mismatch`, until {@link LocalMatcher.reembed} has brought them over.
   */
  outdatedPeople(): Promise<number>
  /**
   * Makes templates of the recognizer's model from the thumbnails of everybody who has others. What was done stays done
   * when it is stopped, and the next call goes on from there; searches of other collections are answered all the while.
   *
   * @throws VisavisError `store_*`, `matcher_closed`; the signal's reason where it is aborted
   */
  reembed(options?: ReembedOptions): Promise<ReembedReport>
  /** The gallery as records, for what moves whole collections. */
  readonly records: GalleryRecords
}

/**
 * A matcher in this thread, over everything the store holds.
 *
 * @throws VisavisError `invalid_option`, `model_load_failed` where the index's WebAssembly cannot be loaded, `gallery_full`,
 * `dimension_mismatch`, `store_key` where the store is encrypted, and what reading the store throws; recognizer and store stay the caller's to close then.
 */
export async function createMatcher(options: MatcherOptions): Promise<LocalMatcher> {
  checkOptions('options', matcherOptions, options)
  const { recognizer, store = memoryStore(), index, onProgress, onStoreChange, signal } = options
  const { model } = recognizer
  if ((await store.state(headerKey)) !== undefined) throw encrypted()
  let loaded: (() => void) | undefined
  const vectorIndex = await createIndex(index, {
    model: model.id,
    dimensions: model.dimensions,
    loading: new Promise((resolve) => {
      loaded = resolve
    }),
    ...(store.snapshots !== undefined && { snapshot: store.snapshots }),
  })
  const gallery = new Gallery(model, vectorIndex)
  try {
    if (store.isReading !== true) await clearImport(store)
    const followed = await FollowedChanges.of(store, onStoreChange)
    await loadGallery(gallery, store, { onProgress, signal })
    loaded?.()
    // Who was removed before the process was killed; where it fails, the next removal says so.
    vectorIndex.erased().catch(() => undefined)
    const ages = new CollectionAges(await store.states(syncTimeKey('')))
    const state = new GalleryState(store, gallery, await store.collections(), ages, followed)
    // What others have written while this was read.
    await state.catchUp()
    state.follow()
    return new Matcher(recognizer, state, vectorIndex)
  } catch (error) {
    gallery.dispose()
    throw error
  }
}

class Matcher implements LocalMatcher {
  readonly persons: Persons
  readonly collections: Collections
  readonly records: GalleryRecords
  readonly #reader: FaceReader
  readonly #state: GalleryState
  readonly #index: VectorIndex
  readonly #scales: Record<SearchMode, ScoreScale>
  #closing: Promise<void> | undefined

  constructor(recognizer: Recognizer, state: GalleryState, index: VectorIndex) {
    this.#reader = new FaceReader(recognizer, (signal) => state.check(signal))
    this.#state = state
    this.#index = index
    this.persons = new GalleryPersons(state, this.#reader)
    this.collections = new GalleryCollections(state)
    this.records = createGalleryRecords(state, this.#reader)
    this.#scales = {
      FAST: createScoreScale(recognizer.model.calibration.fast),
      ACCURATE: createScoreScale(recognizer.model.calibration.accurate),
    }
  }

  async search(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult> {
    const asked = checkSearchOptions(options)
    return this.#state.run(options.signal, () => this.#search(crop, { ...options, ...asked }))
  }

  async verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    checkId('personId', personId)
    checkVerifyOptions(options)
    return this.#state.run(options.signal, () => this.#verify(personId, crop, options))
  }

  async compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    checkCompareOptions(options)
    return this.#state.run(options.signal, () => this.#compare(probe, reference, options))
  }

  async detect(image: Crop, options: { signal?: AbortSignal } = {}): Promise<FoundFace[]> {
    checkCallOptions(options)
    const { signal } = options
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

  async outdatedPeople(): Promise<number> {
    this.#state.check()
    return this.#state.gallery.outdated().length
  }

  async reembed(options: ReembedOptions = {}): Promise<ReembedReport> {
    checkOptions('options', reembedOptions, options)
    return this.#state.run(options.signal, () => reembed(this.#state, this.#reader, options))
  }

  close(): Promise<void> {
    this.#closing ??= this.#state.close().finally(() => this.#reader.recognizer.close())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #search(
    crop: Crop | readonly Crop[],
    { minScore, mode, maxResults, collectionId, signal }: SearchOptions & { maxResults: number },
  ): Promise<SearchResult> {
    const started = performance.now()
    const pictures = this.#reader.take('crop', crop)
    if (collectionId !== undefined) await this.#state.knownCollection(collectionId)
    const probe = await this.#reader.probe(pictures, mode, signal)
    this.#state.check(signal)
    const searching = performance.now()
    const scale = this.#scales[mode]
    const query = {
      mode,
      limit: maxResults,
      leastSimilarity: scale.toSimilarity(minScore) - rounding,
      collectionId,
    }
    const read = async (): Promise<Read> => {
      const hits = await this.#state.gallery.search(probe.vector, query)
      const scores = new Map(hits.map(({ personId, similarity }) => [personId, scale.toScore(similarity)]))
      const records = await this.#state.store.persons(hits.map(({ personId }) => personId))
      const members = records.filter(({ collectionIds }) => {
        return collectionId === undefined || collectionIds.includes(collectionId)
      })
      const people = members.map((record): Candidate => ({
        ...this.#state.describePerson(record),
        score: scores.get(record.id) ?? 0,
      }))
      return {
        hits,
        candidates: people.filter(({ score }) => score >= minScore),
        age: this.#state.ages.age(collectionId),
      }
    }
    const { candidates, age } = await this.#state.read(read, concerns)
    const ended = performance.now()
    return {
      id: newRequestId(),
      candidates,
      source: 'local',
      model: this.#reader.recognizer.model.id,
      quality: probe.quality,
      ...(age !== undefined && { collectionAge: age }),
      milliseconds: { ...probe.milliseconds, search: ended - searching, total: ended - started },
    }
  }

  async #verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    const { minScore, mode, collectionId, signal } = options
    const pictures = this.#reader.take('crop', crop)
    if (collectionId !== undefined) await this.#state.knownCollection(collectionId)
    const probe = await this.#reader.probe(pictures, mode, signal)
    await this.#state.catchUp()
    this.#state.check(signal)
    const [record] = await this.#state.store.persons([personId])
    if (record === undefined) throw personNotFound()
    if (collectionId !== undefined && !record.collectionIds.includes(collectionId)) throw personNotFound()
    const templates = record.faces.filter(({ template }) => template.length > 0)
    if (templates.some(({ modelId }) => modelId !== this.#reader.recognizer.model.id)) throw outdatedTemplates()
    const similarity = Math.max(...templates.map(({ template }) => dot(probe.vector, template)))
    const score = templates.length === 0 ? 0 : this.#scales[mode].toScore(similarity)
    return { match: score >= minScore ? { ...this.#state.describePerson(record), score } : null, score }
  }

  async #compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    const { minScore, mode, signal } = options
    const [probes, references] = [this.#reader.take('probe', probe), this.#reader.take('reference', reference)]
    const { vector } = await this.#reader.probe(probes, mode, signal)
    const similarities: number[] = []
    for (const { template } of await this.#reader.views(references, {
      mode: 'ACCURATE',
      purpose: 'search',
      signal,
    })) {
      similarities.push(dot(vector, template))
    }
    const score = this.#scales[mode].toScore(Math.max(...similarities))
    return { score, passed: score >= minScore }
  }

  async #detect(image: Crop, signal: AbortSignal | undefined): Promise<FoundFace[]> {
    const pixels = await toPixels(image)
    const found: FoundFace[] = []
    for (const face of await this.#reader.recognizer.detect(pixels, { signal })) {
      const thumbnail = await imageCodec.encodeJpeg(faceCrop(pixels, face.box))
      found.push({ ...scaledFace(face, pixels.scale), thumbnail })
    }
    return found
  }
}

interface Read {
  readonly hits: readonly PersonHit[]
  readonly candidates: Candidate[]
  readonly age: number | undefined
}

function concerns({ hits }: Read, { persons, deletedCollections }: ForeignChanges): boolean {
  if (persons === undefined || deletedCollections.length > 0) return true
  return hits.some(({ personId }) => persons.includes(personId))
}

/** What float32 sums may lose; candidates are held against `minScore` itself afterwards. */
const rounding = 1e-5

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (const [i, value] of a.entries()) sum += value * (b[i] as number)
  return sum
}
