/**
 * What a matcher, client or server of your own is built of, beside the contract in `@visavis/core`: pictures, checks of
 * what comes in, the probe, the scale of scores, and the rules of records.
 */
export { copyBytes, isPixelBytes } from './image/foreign-bytes.ts'
export { faceCrop } from './image/face-crop.ts'
export type { ReadPicture } from './image/pixels.ts'
export { toShrunkJpeg, type ShrunkJpeg } from './image/shrunk-jpeg.ts'
export { pictureKind, takePicture, type PictureKind, type TakenPicture } from './image/taken-picture.ts'
export { TakenPictures } from './image/taken-pictures.ts'
export { toPixels } from './image/to-pixels.ts'
export {
  abortSignal,
  anything,
  callback,
  checkOptions,
  flag,
  having,
  integer,
  invalidOption,
  listOf,
  number,
  oneOf,
  optional,
  optionsOf,
  text,
  valueOf,
  type OptionCheck,
  type OptionShape,
} from './values/option-shape.ts'
export {
  callOptions,
  checkCallOptions,
  checkCollectionChanges,
  checkCompareOptions,
  checkCrops,
  checkHeldId,
  checkId,
  checkListOptions,
  checkNewCollection,
  checkNewPerson,
  checkPersonChanges,
  checkRecallOptions,
  checkSearchOptions,
  checkVerifyOptions,
  idReference,
  listOptions,
  searchOptions,
} from './options.ts'
export { collectionFault, personFault } from './store/record-fault.ts'
export { birthDateFault, isDay } from './values/birth-date.ts'
export { JsonBoundError, parseJson, type JsonBounds } from './values/bounded-json.ts'
export {
  collectionName,
  collectionNames,
  collectionObjectId,
  isCollectionCode,
  isObjectId,
} from './values/collection-names.ts'
export { idFault, idReferenceFault, longestId, reservedIds } from './values/id.ts'
export {
  collectionNameRule,
  descriptionRule,
  nameFault,
  nameRule,
  nationalityRule,
  normalName,
  notesRule,
} from './values/name.ts'
export { nameMatcher } from './values/name-matcher.ts'
export { nearestName } from './values/nearest-name.ts'
export { textFault, type TextRule } from './values/text.ts'
export { cosineOf, fuseTemplates, type FusedTemplate } from './fused-template.ts'
export { FaceReader, type Probe } from './gallery/face-reader.ts'
export { createScorer, type ScoredProbe, type Scorer } from './score/scorer.ts'
export { templateFault } from './template.ts'
export { sha256 } from './values/web-crypto.ts'
