import { imageCodec } from '#image-codec'
import { Answers } from './answers/answers.ts'
import { ChangeCounter } from './gallery/change-counter.ts'
import { CollectionAges, syncTimeKey } from './gallery/collection-ages.ts'
import { GalleryCollections } from './gallery/collections.ts'
import { FaceReader } from './gallery/face-reader.ts'
import { encrypted, FollowedChanges, type OnStoreChange } from './gallery/follow-changes.ts'
import { createGalleryRecords, type GalleryRecords } from './gallery/gallery-records.ts'
import { Gallery } from './gallery/gallery.ts'
import type { Held } from './gallery/held.ts'
import { clearImport } from './gallery/import-area.ts'
import { loadGallery } from './gallery/load-gallery.ts'
import { PeopleIndex } from './gallery/people-index.ts'
import { GalleryPersons } from './gallery/persons.ts'
import { reembed, reembedOptions, type ReembedOptions, type ReembedReport } from './gallery/reembed.ts'
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
import type {
  Collections,
  CompareOptions,
  CompareResult,
  FaceMatcher,
  FoundFace,
  Persons,
  SearchOptions,
  SearchResult,
  VerifyOptions,
  VerifyResult,
} from './searcher.ts'
import { headerKey } from './store/encrypted/encryption-header.ts'
import { memoryStore } from './store/memory-store.ts'
import type { Store } from './store/store.ts'
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
  const people = new PeopleIndex(model, vectorIndex)
  const held: Held = {
    store,
    people,
    collections: new Map(),
    ages: new CollectionAges(),
    changes: new ChangeCounter(),
  }
  try {
    if (store.isReading !== true) await clearImport(held)
    const followed = await FollowedChanges.of(store, onStoreChange)
    await loadGallery(held, { onProgress, signal })
    loaded?.()
    for (const collection of await store.collections()) held.collections.set(collection.id, collection)
    held.ages.replace(await store.states(syncTimeKey('')))
    // Who was removed before the process was killed; where it fails, the next removal says so.
    vectorIndex.erased().catch(() => undefined)
    const gallery = new Gallery(held, followed)
    // What others have written while this was read.
    await gallery.catchUp()
    gallery.follow()
    return new Matcher(recognizer, gallery, vectorIndex)
  } catch (error) {
    people.dispose()
    throw error
  }
}

class Matcher implements LocalMatcher {
  readonly persons: Persons
  readonly collections: Collections
  readonly records: GalleryRecords
  readonly #reader: FaceReader
  readonly #gallery: Gallery
  readonly #answers: Answers
  readonly #index: VectorIndex
  #closing: Promise<void> | undefined

  constructor(recognizer: Recognizer, gallery: Gallery, index: VectorIndex) {
    this.#reader = new FaceReader(recognizer, (signal) => gallery.check(signal))
    this.#gallery = gallery
    this.#answers = new Answers(gallery, this.#reader)
    this.#index = index
    this.persons = new GalleryPersons(gallery, this.#reader)
    this.collections = new GalleryCollections(gallery)
    this.records = createGalleryRecords(gallery, this.#reader)
  }

  async search(crop: Crop | readonly Crop[], options: SearchOptions): Promise<SearchResult> {
    const asked = checkSearchOptions(options)
    return this.#gallery.run(options.signal, () => this.#answers.search(crop, { ...options, ...asked }))
  }

  async verify(personId: string, crop: Crop | readonly Crop[], options: VerifyOptions): Promise<VerifyResult> {
    checkId('personId', personId)
    checkVerifyOptions(options)
    return this.#gallery.run(options.signal, () => this.#answers.verify(personId, crop, options))
  }

  async compare(
    probe: Crop | readonly Crop[],
    reference: Crop | readonly Crop[],
    options: CompareOptions,
  ): Promise<CompareResult> {
    checkCompareOptions(options)
    return this.#gallery.run(options.signal, () => this.#answers.compare(probe, reference, options))
  }

  async detect(image: Crop, options: { signal?: AbortSignal } = {}): Promise<FoundFace[]> {
    checkCallOptions(options)
    const { signal } = options
    return this.#gallery.run(signal, () => this.#detect(image, signal))
  }

  async verifyRecall(options: VerifyRecallOptions = {}): Promise<RecallReport> {
    checkRecallOptions(options)
    return this.#gallery.run(options.signal, () => verifyRecall(this.#index, options))
  }

  async settled(): Promise<void> {
    this.#gallery.check()
    return this.#index.settled()
  }

  async outdatedPeople(): Promise<number> {
    this.#gallery.check()
    return this.#gallery.held.people.outdated().length
  }

  async reembed(options: ReembedOptions = {}): Promise<ReembedReport> {
    checkOptions('options', reembedOptions, options)
    return this.#gallery.run(options.signal, () => reembed(this.#gallery, this.#reader, options))
  }

  close(): Promise<void> {
    this.#closing ??= this.#gallery.close().finally(() => this.#reader.recognizer.close())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
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
