import type { ErrorCode } from '../errors.ts'
import type { Crop } from '../image/crop.ts'
import type { RecognitionModel } from '../recognition/recognizer.ts'
import type { CollectionRecord, FaceRecord, PersonRecord, StoreChange } from '../store/store.ts'
import type { FaceReader } from './face-reader.ts'
import { renewFaces } from './reembed.ts'
import type { GalleryState } from './state.ts'

/** A gallery as records, for what moves whole collections: sync, export, import. */
export interface GalleryRecords {
  /** The model whose templates are searched. */
  readonly model: RecognitionModel
  /** The ids of everybody, or of a collection's people, in their order. */
  ids(collectionId?: string): string[]
  /** Those of the people that exist, in the order asked for. */
  persons(ids: readonly string[]): Promise<PersonRecord[]>
  collections(): CollectionRecord[]
  /** See `Store.state`. */
  state(key: string): Promise<string | undefined>
  /** See `Store.states`. */
  states(prefix: string): Promise<(readonly [key: string, value: string])[]>
  /** See `Store.staged`. */
  staged(area: string): AsyncIterable<PersonRecord>
  /**
   * Makes all the changes or none of them, in the store and in memory: a search sees what was before or what is after,
   * never a part. When it resolves, what was deleted or replaced is erased.
   *
   * @throws VisavisError `collection_not_found` where a person is in a collection that is not there, `dimension_mismatch`,
   * `gallery_full`, `store_*`, `matcher_closed`
   */
  apply(changes: readonly StoreChange[]): Promise<void>
  /** What is stored of one to three pictures of a person. @throws VisavisError as `persons.create` does. */
  faces(images: readonly Crop[], signal?: AbortSignal): Promise<FaceRecord[]>
  /**
   * The faces with templates of this model, made of their thumbnails; where one gives none it keeps its place with an
   * empty template, and `code` says why.
   */
  renewed(
    faces: readonly FaceRecord[],
    signal?: AbortSignal,
  ): Promise<{ faces: FaceRecord[]; code: ErrorCode | undefined }>
}

export function createGalleryRecords(state: GalleryState, reader: FaceReader): GalleryRecords {
  const { store } = state
  return {
    model: reader.recognizer.model,
    ids(collectionId) {
      state.check()
      if (collectionId !== undefined) state.findCollection(collectionId)
      return state.gallery.ids(collectionId)
    },
    persons: (ids) => state.run(undefined, () => store.persons(ids)),
    collections() {
      state.check()
      return [...state.collections.values()]
    },
    state: (key) => state.run(undefined, () => store.state(key)),
    states: (prefix) => state.run(undefined, () => store.states(prefix)),
    async *staged(area) {
      for await (const person of store.staged(area)) {
        state.check()
        yield person
      }
    },
    apply: (changes) => state.run(undefined, () => state.apply(changes)),
    faces: (images, signal) => state.run(signal, () => reader.faces(images, signal)),
    renewed: (faces, signal) => state.run(signal, () => renewFaces({ faces }, reader, signal)),
  }
}
