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
import { clearModelChange, hasTemplatesOf, ModelChange } from './gallery/model-change.ts'
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
import type { RecognitionModel, Recognizer } from './recognition/recognizer.ts'
import { scaledFace } from './recognition/scaled-face.ts'
import type {
  CallOptions,
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
  invalidOption,
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
  /**
   * The recognizer of the templates in the store, where they are of another model. All calls are answered with it until
   * {@link LocalMatcher.reembed} has made all templates anew, and then with `recognizer`. The matcher closes it when it
   * is not needed any more.
   * @default people with templates of another model are not found, see {@link LocalMatcher.outdatedPeople}
   */
  previous?: Recognizer
  /** Where people are stored; the matcher closes it with itself. @default in memory, lost at the end of the process */
  store?: Store
  /**
   * Called while the store opens, with the number of its people that are in memory: about once in a thousand people,
   * and at the end.
   */
  onProgress?: (progress: { people: number; total: number }) => void
  /**
   * Called when another tab or worker has changed people or collections, and answers include the changes; and when it
   * has closed the store, so that this one can write.
   */
  onStoreChange?: OnStoreChange
  /** How templates are searched in memory. @default 'auto' */
  index?: IndexChoice
  /** Stops opening the store. */
  signal?: AbortSignal
}

const matcherOptions: OptionShape<MatcherOptions> = {
  recognizer: having('a recognizer, such as createRecognizer gives', 'recognize', 'detect', 'close'),
  previous: optional(having('a recognizer, such as createRecognizer gives', 'recognize', 'detect', 'close')),
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
   * Resolves when the index has finished its background work, after which it searches what is enrolled now at full
   * speed. Awaiting it is optional: searches are answered meanwhile.
   */
  settled(): Promise<void>
  /**
   * How many people have templates of another model than the recognizer's. A previous recognizer answers as long as
   * there are any. Without one they are never compared: a search that would need them rejects with `model_mismatch`,
   * until {@link LocalMatcher.reembed} has made their templates anew.
   */
  outdatedPeople(): Promise<number>
  /**
   * Makes templates of the recognizer's model from the thumbnails of every person who has templates of another model.
   * It can be stopped: people done so far stay done, and the next call continues with the rest. With a previous
   * recognizer all searches are answered by its model meanwhile, until one write replaces all templates; without one,
   * only searches of collections without such people are answered.
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
  const { recognizer, previous, store = memoryStore(), index, onProgress, onStoreChange, signal } = options
  if (previous?.model.id === recognizer.model.id) {
    throw invalidOption('previous', 'must be a recognizer of another model than recognizer')
  }
  if ((await store.state(headerKey)) !== undefined) throw encrypted()
  const isBehind = previous !== undefined && (await hasTemplatesOf(store, previous.model.id))
  const first = isBehind ? previous : recognizer
  let loaded: (() => void) | undefined
  const loading = new Promise<void>((resolve) => {
    loaded = resolve
  })
  const indexFor = ({ id, dimensions }: RecognitionModel): Promise<VectorIndex> =>
    createIndex(index, {
      model: id,
      dimensions,
      loading,
      ...(store.snapshots !== undefined && { snapshot: store.snapshots }),
    })
  const vectorIndex = await indexFor(first.model)
  const people = new PeopleIndex(first.model, vectorIndex)
  const held: Held = {
    store,
    people,
    isChangingModel: false,
    collections: new Map(),
    ages: new CollectionAges(),
    changes: new ChangeCounter(),
  }
  try {
    if (store.isReading !== true) {
      await clearImport(held)
      if (!isBehind) await clearModelChange(held)
    }
    const followed = await FollowedChanges.of(store, onStoreChange)
    await loadGallery(held, { onProgress, signal })
    loaded?.()
    for (const collection of await store.collections()) held.collections.set(collection.id, collection)
    held.ages.replace(await store.states(syncTimeKey('')))
    // Erases people who were removed before the process was killed; where it fails, the next removal rejects.
    vectorIndex.finishErasing().catch(() => undefined)
    const gallery = new Gallery(held, followed)
    // What other writers have changed while this was read.
    await gallery.catchUp()
    gallery.follow()
    const reader = new FaceReader(first, (given) => gallery.check(given))
    const change = isBehind
      ? new ModelChange({ gallery, held, reader, recognizer, createIndex: () => indexFor(recognizer.model) })
      : undefined
    if (change !== undefined) gallery.onTakenIn(() => change.adopt())
    else if (previous !== undefined) gallery.whenCallsEnd(() => previous.close())
    return new Matcher(recognizer, gallery, reader, change)
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
  readonly #recognizer: Recognizer
  readonly #change: ModelChange | undefined
  #closing: Promise<void> | undefined

  /**
   * @param change Where people have templates of another model, and a previous recognizer answers until they are
   * replaced.
   */
  constructor(recognizer: Recognizer, gallery: Gallery, reader: FaceReader, change: ModelChange | undefined) {
    this.#recognizer = recognizer
    this.#reader = reader
    this.#change = change
    this.#gallery = gallery
    this.#answers = new Answers(gallery, this.#reader)
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

  async detect(image: Crop, options: CallOptions = {}): Promise<FoundFace[]> {
    checkCallOptions(options)
    const { signal } = options
    return this.#gallery.run(signal, () => this.#detect(image, signal))
  }

  async verifyRecall(options: VerifyRecallOptions = {}): Promise<RecallReport> {
    checkRecallOptions(options)
    return this.#gallery.run(options.signal, () => verifyRecall(this.#gallery.held.people.index, options))
  }

  async settled(): Promise<void> {
    this.#gallery.check()
    return this.#gallery.held.people.index.settled()
  }

  async outdatedPeople(): Promise<number> {
    this.#gallery.check()
    const change = this.#change
    if (change !== undefined && !change.isDone) return this.#gallery.run(undefined, () => change.outdatedPeople())
    return this.#gallery.held.people.outdated().length
  }

  async reembed(options: ReembedOptions = {}): Promise<ReembedReport> {
    checkOptions('options', reembedOptions, options)
    const change = this.#change
    return this.#gallery.run(options.signal, () =>
      change === undefined || change.isDone ? reembed(this.#gallery, this.#reader, options) : change.run(options),
    )
  }

  close(): Promise<void> {
    this.#closing ??= this.#gallery.close().finally(() => this.#closeRecognizers())
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #closeRecognizers(): Promise<void> {
    const inUse = this.#reader.recognizer
    if (inUse !== this.#recognizer) await inUse.close()
    await this.#recognizer.close()
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
