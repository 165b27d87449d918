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
