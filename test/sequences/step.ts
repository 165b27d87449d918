import fc from 'fast-check'
import { staff } from '../support/people-service.ts'

/** The collection that syncs bring. */
export const syncedCollection = staff.code

const ids = ['a', 'b', 'c', 'd', 'É e', '__proto__', 's1', 's2', 's3'] as const
const collectionIds = ['k1', 'k2', syncedCollection] as const
/** Few, so that people look alike and pictures are searched that were enrolled. */
const mostNumbers = 12

/** How a process comes to its end within a step: at the so-manieth thing that the store is to do. */
export interface Crash {
  readonly at: number
  /** How much of that is done, 0 to 1: what a store can only do whole is done from 0.5 on. */
  readonly share: number
}

export interface PersonStep {
  readonly id: string
  readonly name: string
  readonly notes: string | null
  readonly dateOfBirth: string | null
  /** Of their pictures, `null` where one shows no face. */
  readonly numbers: readonly (number | null)[]
  readonly collections: readonly string[]
}

/** What a service is from now on. */
export interface ServiceStep {
  readonly id: string
  readonly name: string
  readonly number: number | null | undefined
  /** `gone`: not listed at all; `elsewhere`: in another collection. */
  readonly place: 'here' | 'elsewhere' | 'gone'
}

/** One thing that is done to a gallery, or in it. */
export type Step =
  | { readonly kind: 'create'; readonly person: PersonStep }
  | { readonly kind: 'update'; readonly person: Partial<PersonStep> & Pick<PersonStep, 'id'> }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'create_collection'; readonly id: string; readonly name: string }
  | { readonly kind: 'update_collection'; readonly id: string; readonly name: string }
  | { readonly kind: 'delete_collection'; readonly id: string }
  | { readonly kind: 'find'; readonly number: number | null; readonly collectionId: string | undefined }
  | { readonly kind: 'verify'; readonly id: string; readonly number: number | null }
  | { readonly kind: 'malformed'; readonly call: number; readonly value: unknown }
  /** Several changes at once, of people who are put, deleted, or put with what cannot be. */
  | { readonly kind: 'apply'; readonly changes: readonly ApplyChange[] }
  /** Two calls at once. */
  | { readonly kind: 'together'; readonly steps: readonly [Step, Step] }
  | { readonly kind: 'export'; readonly collectionId: string | undefined }
  /** Takes in what was exported, whole or cut off at a share of it, or with a byte changed there. */
  | { readonly kind: 'import'; readonly damage: 'none' | 'cut' | 'changed'; readonly share: number }
  | { readonly kind: 'service'; readonly row: ServiceStep }
  /** With so many records among the others that cannot be taken over. */
  | { readonly kind: 'sync'; readonly badRecords: number }
  /** Opens with a recognizer of another model, and where that is said with the one before, too. */
  | { readonly kind: 'change_model'; readonly keepsPrevious: boolean }
  | { readonly kind: 'reembed' }
  | { readonly kind: 'rotate' }
  | { readonly kind: 'reopen' }

export type ApplyChange =
  | { readonly kind: 'put'; readonly person: PersonStep }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'join'; readonly id: string; readonly collectionId: string }
  | { readonly kind: 'leave'; readonly id: string; readonly collectionId: string }
  | {
      readonly kind: 'bad_template'
      readonly id: string
      readonly spoil: 'nan' | 'infinity' | 'short' | 'long' | 'not_unit'
    }

/** A step, and whether the process ends in it. */
export interface SequenceStep {
  readonly step: Step
  readonly crash: Crash | undefined
}

const id = fc.constantFrom(...ids)
const collectionId = fc.constantFrom(...collectionIds)
const number = fc.oneof({ weight: 15, arbitrary: fc.nat(mostNumbers - 1) }, { weight: 1, arbitrary: fc.constant(null) })
/** One to three pictures of one person, of which the last seldom shows no face: several views are one template. */
const views = fc
  .tuple(number, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }))
  .map(([one, count, last]) => Array.from({ length: count }, (_, i) => (last === 1 && i === count - 1 ? null : one)))
/** What a person or a collection can be called. */
const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .map((text) => text.normalize('NFC').trim())
  .filter((text) => text.length >= 1 && text.length <= 50 && !/\p{C}|\p{Zl}|\p{Zp}/u.test(text))
const notes = fc.option(name)
const dateOfBirth = fc.option(fc.constantFrom('1961-02-28', '1988-11-30', '2004-02-29'))

const person = fc.record({
  id,
  name,
  notes,
  dateOfBirth,
  numbers: views,
  collections: fc.uniqueArray(collectionId, { maxLength: 2 }),
})
const changes = fc.record(
  {
    id,
    name,
    notes,
    dateOfBirth,
    numbers: views,
    collections: fc.uniqueArray(collectionId, { maxLength: 2 }),
  },
  { requiredKeys: ['id'] },
)

/** What no id, name or day is, among much that is no text at all. */
const nonsense: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom('', 'x'.repeat(101), 'x'.repeat(100_000), Number.NaN, -1, 7, true, Symbol.iterator, []),
  fc.array(fc.anything(), { maxLength: 2 }),
  fc.dictionary(fc.string(), fc.anything(), { maxKeys: 2 }),
)

const share = fc.double({ min: 0, max: 1, noNaN: true })

const steps: Record<Step['kind'], { weight: number; arbitrary: fc.Arbitrary<Step> }> = {
  together: { weight: 0, arbitrary: fc.constant({ kind: 'reopen' }) },
  create: { weight: 10, arbitrary: fc.record({ kind: fc.constant('create'), person }) },
  update: { weight: 7, arbitrary: fc.record({ kind: fc.constant('update'), person: changes }) as fc.Arbitrary<Step> },
  delete: { weight: 4, arbitrary: fc.record({ kind: fc.constant('delete'), id }) },
  create_collection: {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('create_collection'), id: collectionId, name }),
  },
  update_collection: {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('update_collection'), id: collectionId, name }),
  },
  delete_collection: { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete_collection'), id: collectionId }) },
  find: {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('find'),
      number,
      collectionId: fc.option(collectionId, { nil: undefined }),
    }),
  },
  verify: { weight: 3, arbitrary: fc.record({ kind: fc.constant('verify'), id, number }) },
  malformed: { weight: 5, arbitrary: fc.record({ kind: fc.constant('malformed'), call: fc.nat(99), value: nonsense }) },
  apply: {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('apply'),
      changes: fc.array(
        fc.oneof(
          { weight: 5, arbitrary: fc.record({ kind: fc.constant('put'), person }) },
          { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete'), id }) },
          { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('join', 'leave'), id, collectionId }) },
          {
            weight: 1,
            arbitrary: fc.record({
              kind: fc.constant('bad_template'),
              id,
              spoil: fc.constantFrom('nan', 'infinity', 'short', 'long', 'not_unit'),
            }),
          },
        ),
        { minLength: 1, maxLength: 4 },
      ),
    }) as fc.Arbitrary<Step>,
  },
  export: {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('export'), collectionId: fc.option(collectionId, { nil: undefined }) }),
  },
  import: {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('import'),
      damage: fc.constantFrom('none', 'none', 'none', 'cut', 'changed'),
      share,
    }) as fc.Arbitrary<Step>,
  },
  service: {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('service'),
      row: fc.record({
        id: fc.constantFrom('a', 'b', 's1', 's2', 's3'),
        name,
        number: fc.option(number, { nil: undefined, freq: 9 }),
        place: fc.constantFrom('here', 'here', 'here', 'elsewhere', 'gone'),
      }),
    }) as fc.Arbitrary<Step>,
  },
  sync: { weight: 4, arbitrary: fc.record({ kind: fc.constant('sync'), badRecords: fc.nat(2) }) },
  change_model: {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('change_model'), keepsPrevious: fc.boolean() }),
  },
  reembed: { weight: 2, arbitrary: fc.constant({ kind: 'reembed' }) },
  rotate: { weight: 2, arbitrary: fc.constant({ kind: 'rotate' }) },
  reopen: { weight: 2, arbitrary: fc.constant({ kind: 'reopen' }) },
}

const changing = fc.oneof(
  ...(['create', 'update', 'delete', 'create_collection', 'delete_collection', 'apply'] as const).map(
    (kind) => steps[kind],
  ),
)
const besideReembedding = fc.oneof(
  ...(['create', 'update', 'delete', 'create_collection', 'delete_collection'] as const).map((kind) => steps[kind]),
)
steps.together = {
  weight: 4,
  arbitrary: fc.record({
    kind: fc.constant('together'),
    steps: fc.oneof(
      { weight: 3, arbitrary: fc.tuple(changing, changing) },
      { weight: 1, arbitrary: fc.tuple(steps.reembed.arbitrary, besideReembedding) },
    ),
  }),
}

const crash = fc.option(fc.record({ at: fc.nat(4), share }), { nil: undefined, freq: 8 })

/** Sequences of the kinds of steps that a home can do. */
export function sequencesOf(kinds: readonly Step['kind'][], mayCrash: boolean): fc.Arbitrary<SequenceStep[]> {
  const step = fc.oneof(...kinds.map((kind) => steps[kind]))
  return fc.array(fc.record({ step, crash: mayCrash ? crash : fc.constant(undefined) }), {
    minLength: 1,
    maxLength: 25,
    size: 'max',
  })
}

export const allKinds = Object.keys(steps) as Step['kind'][]
