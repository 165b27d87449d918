import type { ErrorCode } from '../errors.ts'
import type { Crop } from '../image/crop.ts'
import type { RecognitionModel } from '../recognition/recognizer.ts'
import type { CollectionRecord, FaceRecord, PersonRecord, StoreChange } from '../store/store.ts'
import type { FaceReader } from './face-reader.ts'
import type { Gallery } from './gallery.ts'
import { renewFaces } from './reembed.ts'

/** A gallery as records, for what moves whole collections: sync, export, import. */
export interface GalleryRecords {
  /** The model whose templates are searched. */
  readonly model: RecognitionModel
  /** The ids of all people, or of a collection's, in their order. */
  ids(collectionId?: string): Promise<string[]>
  /** Those of the people that exist, in the order asked for. */
  persons(ids: readonly string[]): Promise<PersonRecord[]>
  collections(): Promise<CollectionRecord[]>
  /** See `Store.state`. */
  state(key: string): Promise<string | undefined>
  /** See `Store.states`. */
  states(prefix: string): Promise<(readonly [key: string, value: string])[]>
  /** Changes with each change of people or collections. */
  revision(): Promise<number>
  /**
   * Makes all the changes or none of them, in the store and in memory: a search sees the state before or the state
   * after, never a part. When it resolves, what was deleted or replaced is erased; with a deleted person, also what is
   * staged of them in any area and noted under `syncNoteKey` or `stagedNoteKey`; with a deleted collection, also what a
   * sync has staged.
   *
   * @param revision The revision that the changes were made for: where the gallery is at another one, nothing is
   * changed.
   * @returns whether the changes were made
   * @throws VisavisError `collection_not_found` where a person is in a collection that does not exist,
   * `dimension_mismatch`, `gallery_full`, `invalid_option` where a change gives a person or a collection an invalid
   * value, `collection_exists` where two collections would answer to one name, `store_*`, `matcher_closed`
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

export function createGalleryRecords(gallery: Gallery, reader: FaceReader): GalleryRecords {
  const { store, collections } = gallery.held
  return {
    get model() {
      return reader.recognizer.model
    },
    async ids(collectionId) {
      gallery.check()
      await gallery.catchUp()
      if (collectionId !== undefined) gallery.findCollection(collectionId)
      return gallery.held.people.ids(collectionId)
    },
    persons: (ids) => gallery.run(undefined, () => store.persons(ids)),
    async collections() {
      gallery.check()
      await gallery.catchUp()
      return [...collections.values()]
    },
    state: (key) => gallery.run(undefined, () => store.state(key)),
    states: (prefix) => gallery.run(undefined, () => store.states(prefix)),
    async revision() {
      gallery.check()
      await gallery.catchUp()
      return gallery.revision
    },
    apply: (changes, revision) => gallery.run(undefined, () => gallery.apply(changes, revision)),
    faces: (images, signal) => gallery.run(signal, async () => reader.faces(reader.take('images', images), signal)),
    renewed: (faces, signal) => {
      const taken = faces.map((face) => ({ ...face, thumbnail: face.thumbnail.slice() }))
      return gallery.run(signal, () => renewFaces({ faces: taken }, reader, signal))
    },
  }
}
