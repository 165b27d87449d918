import type { ErrorCode } from '../errors.ts'
import type { Crop } from '../image/crop.ts'
import type { RecognitionModel } from '../recognition/recognizer.ts'
import type { CollectionRecord, FaceRecord, PersonRecord, StoreChange } from '../store/store.ts'
import { checkedChanges } from './checked-changes.ts'
import type { FaceReader } from './face-reader.ts'
import { renewFaces } from './reembed.ts'
import type { GalleryState } from './state.ts'

/** A gallery as records, for what moves whole collections: sync, export, import. */
export interface GalleryRecords {
  /** The model whose templates are searched. */
  readonly model: RecognitionModel
  /** The ids of everybody, or of a collection's people, in their order. */
  ids(collectionId?: string): Promise<string[]>
  /** Those of the people that exist, in the order asked for. */
  persons(ids: readonly string[]): Promise<PersonRecord[]>
  collections(): Promise<CollectionRecord[]>
  /** See `Store.state`. */
  state(key: string): Promise<string | undefined>
  /** See `Store.states`. */
  states(prefix: string): Promise<(readonly [key: string, value: string])[]>
  /** Another number after each change of who is enrolled, or of a collection. */
  revision(): Promise<number>
  /**
   * Makes all the changes or none of them, in the store and in memory: a search sees what was before or what is after,
   * never a part. When it resolves, what was deleted or replaced is erased, of who is deleted also what is staged in any
   * area, and noted under `syncNoteKey` or `stagedNoteKey`; of a collection that is deleted, what a sync has staged.
   *
   * @param revision What the changes were made for: where it is not the gallery's any more, nothing is changed.
   * @returns whether the changes were made
   * @throws VisavisError `collection_not_found` where a person is in a collection that is not there, `dimension_mismatch`,
   * `gallery_full`, `invalid_option` where a person or a collection has a value that none may have, and had not before,
   * `collection_exists` where two collections would answer to one name, `store_*`, `matcher_closed`
   */
  apply(changes: readonly StoreChange[], revision?: number): Promise<boolean>
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
    async ids(collectionId) {
      state.check()
      await state.catchUp()
      if (collectionId !== undefined) state.findCollection(collectionId)
      return state.gallery.ids(collectionId)
    },
    persons: (ids) => state.run(undefined, () => store.persons(ids)),
    async collections() {
      state.check()
      await state.catchUp()
      return [...state.collections.values()]
    },
    state: (key) => state.run(undefined, () => store.state(key)),
    states: (prefix) => state.run(undefined, () => store.states(prefix)),
    async revision() {
      state.check()
      await state.catchUp()
      return state.revision
    },
    apply: (changes, revision) =>
      state.run(undefined, async () => state.apply(await checkedChanges(state, changes), revision)),
    faces: (images, signal) => state.run(signal, async () => reader.faces(reader.take('images', images), signal)),
    renewed: (faces, signal) => {
      const taken = faces.map((face) => ({ ...face, thumbnail: face.thumbnail.slice() }))
      return state.run(signal, () => renewFaces({ faces: taken }, reader, signal))
    },
  }
}
