import type { Candidate, Collection, FoundFace, NewPerson, Person, Thumbnail } from '@visavis/core'
import { collectionNameRule, idFault, nameFault, nationalityRule, notesRule, textFault } from '@visavis/core/kit'
import fc from 'fast-check'

/** What JSON can hold, with the names that answers have, so that readers look deeper into some of it. */
export const anyBody: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, false, '', 'ERROR', '409:duplicated_person', 'token_expired'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        ...['data', 'id', '_id', 'code', 'message', 'error', 'persons', 'docs', 'match', 'score', 'result', 'liveness'],
        ...['liveness_score', 'passed', 'faces', 'box', 'left', 'top', 'right', 'bottom', 'collections', 'thumbnails'],
        ...['pagination', 'total', 'page', 'detail', 'loc', 'ctx', 'details', 'createdAt', '__proto__'],
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value

const time: fc.Arbitrary<string> = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString())

const day: fc.Arbitrary<string> = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2020-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const text: fc.Arbitrary<string> = fc.string({ unit: 'grapheme', maxLength: 30 })
const orNull = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary)

export const score: fc.Arbitrary<number> = fc.double({ min: 0.5, max: 1, noNaN: true })

const thumbnail: fc.Arbitrary<Thumbnail> = fc.record({
  id: fc.uuid(),
  image: fc.uint8Array({ minLength: 1, maxLength: 40 }),
})

export const collection: fc.Arbitrary<Collection> = fc.record({
  id: fc.uuid(),
  name: fc.string({ minLength: 1, maxLength: 30 }).filter((one) => nameFault(one, collectionNameRule) === undefined),
  description: text,
  count: fc.nat(),
  createdAt: time,
  modifiedAt: time,
})

const personId: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{24}$/),
  fc.string({ minLength: 1, maxLength: 20 }),
)

export const person: fc.Arbitrary<Person> = fc.record({
  id: personId,
  name: orNull(text),
  gender: orNull(fc.constantFrom('M' as const, 'F' as const)),
  dateOfBirth: orNull(day),
  nationality: orNull(text),
  notes: orNull(text),
  collections: fc.uniqueArray(collection, { maxLength: 3, selector: ({ id }) => id }),
  thumbnails: fc.array(thumbnail, { maxLength: 3 }),
  createdAt: time,
  modifiedAt: time,
})

export const candidate: fc.Arbitrary<Candidate> = fc
  .tuple(person, score)
  .map(([somebody, value]) => ({ ...somebody, score: value }))

/** Without pictures, which go their own way. */
export const personDetails: fc.Arbitrary<Omit<NewPerson, 'images'>> = fc.record(
  {
    id: personId.filter((id) => idFault(id) === undefined),
    name: fc.string({ minLength: 1, maxLength: 100 }).filter((name) => nameFault(name) === undefined),
    gender: orNull(fc.constantFrom('M' as const, 'F' as const)),
    dateOfBirth: orNull(day),
    nationality: orNull(text.filter((one) => textFault(one, nationalityRule) === undefined)),
    notes: orNull(text.filter((one) => textFault(one, notesRule) === undefined)),
    collections: fc.array(fc.uuid(), { maxLength: 3 }),
  },
  { requiredKeys: ['name'] },
)

const pixel = fc.double({ min: -50, max: 4000, noNaN: true }).map((value) => value + 0)
const point = fc.tuple(pixel, pixel)
const length = fc.double({ min: 1, max: 900, noNaN: true })

export const face: fc.Arbitrary<FoundFace> = fc.record({
  box: fc.tuple(pixel, pixel, length, length).map(([left, top, width, height]) => ({
    left,
    top,
    right: left + width,
    bottom: top + height,
  })),
  landmarks: fc.record({ leftEye: point, rightEye: point, nose: point, leftMouth: point, rightMouth: point }),
  score,
  thumbnail: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  quality: fc.record(
    {
      eyeDistance: length,
      brightness: fc.double({ min: 0, max: 255, noNaN: true }),
      contrast: fc.double({ min: 0, max: 128, noNaN: true }),
      sharpness: fc.double({ min: 0, max: 1, noNaN: true }),
      yaw: fc.double({ min: 0, max: 1, noNaN: true }),
      visible: fc.double({ min: 0, max: 1, noNaN: true }),
      effectiveResolution: length,
      noise: fc.double({ min: 0, max: 255, noNaN: true }),
      compression: fc.double({ min: 0, max: 2, noNaN: true }),
      mouthCovered: fc.double({ min: 0, max: 1, noNaN: true }),
      eyesCovered: fc.double({ min: 0, max: 1, noNaN: true }),
      reasons: fc
        .subarray(['too_small', 'too_dark', 'blurred', 'turned_away', 'cut_off', 'mouth_covered', 'noisy'] as const)
        .map((all) => [...all]),
    },
    { requiredKeys: ['eyeDistance', 'brightness', 'contrast', 'sharpness', 'yaw', 'visible', 'reasons'] },
  ),
})

/** As it is after crossing the network. */
export function overTheWire<T>(value: T): unknown {
  return JSON.parse(JSON.stringify(value))
}
