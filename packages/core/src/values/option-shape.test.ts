import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import {
  abortSignal,
  checkOptions,
  flag,
  integer,
  listOf,
  oneOf,
  optional,
  optionsOf,
  text,
  type OptionShape,
} from './option-shape.ts'

interface Options {
  minScore: number
  collectionId?: string
  limits?: { most?: number }
  names?: string[]
  mode?: 'a' | 'b' | 'c'
  keep?: boolean
  signal?: AbortSignal
}

const shape: OptionShape<Options> = {
  minScore: integer(0, 10),
  collectionId: optional(text(1, 10)),
  limits: optional(optionsOf<{ most?: number }>({ most: optional(integer(1, 9)) })),
  names: optional(listOf(text(1, 3))),
  mode: optional(oneOf('a', 'b', 'c')),
  keep: optional(flag),
  signal: optional(abortSignal),
}

const check = (given: unknown): (() => void) => {
  return () => checkOptions('options', shape, given)
}

describe('checkOptions', () => {
  it('takes what is known, of any realm, also without a prototype', () => {
    const { signal } = new AbortController()
    const given = { minScore: 1, collectionId: 'x', limits: {}, names: ['a'], mode: 'b', keep: true, signal }
    for (const one of [given, Object.assign(Object.create(null), given), runInNewContext('({ minScore: 1 })')]) {
      expect(check(one)).not.toThrow()
    }
  })

  it.each<[unknown, string]>([
    [{ minScore: 1, collection_id: 'gate' }, 'collection_id is not known: did you mean collectionId?'],
    [{ minScore: 1, collection_id: undefined }, 'did you mean collectionId?'],
    [{ minScore: 1, collection: 'gate' }, 'did you mean collectionId?'],
    [{ minscore: 1 }, 'minscore is not known: did you mean minScore?'],
    [{ minScore: 1, colectionId: 'x' }, 'did you mean collectionId?'],
    [{ minScore: 1, limits: { mots: 3 } }, 'limits.mots is not known: did you mean limits.most?'],
    [{ minScore: 1, threshold: 3 }, 'threshold is not known; options takes minScore, collectionId,'],
    [{ minScore: 1, ['k'.repeat(60)]: 3 }, 'an option of options is not known'],
    [{ minScore: 1, ['eyJhbGciOi secret']: 3 }, 'an option of options is not known'],
    [Object.assign(Object.create({ collection_id: 'x' }), { minScore: 1 }), 'did you mean collectionId?'],
    [JSON.parse('{"minScore":1,"__proto__":{}}'), '__proto__ is not known'],
    [{}, 'minScore must be a whole number from 0 to 10.'],
    [{ minScore: Number.NaN }, 'minScore must be a whole number from 0 to 10, not NaN.'],
    [{ minScore: 1, names: ['a', 'long'] }, 'names[1] must be a string of 1 to 3 characters.'],
    [{ minScore: 1, names: 'a' }, 'names must be a list.'],
    [{ minScore: 1, mode: 'd' }, "mode must be 'a', 'b' or 'c'."],
    [{ minScore: 1, keep: 1 }, 'keep must be true or false.'],
    [{ minScore: 1, signal: {} }, 'signal must be an AbortSignal.'],
    [{ minScore: 1, signal: 'x' }, 'signal must be an AbortSignal.'],
    [{ minScore: 1, limits: [] }, 'limits must be an object.'],
    [undefined, 'options must be an object.'],
    [null, 'options must be an object, not null.'],
    [[], 'options must be an object.'],
    [() => 1, 'options must be an object.'],
    ['FAST', 'options must be an object.'],
    [7, 'options must be an object, not 7.'],
    [new Map([['minScore', 1]]), 'options must be an object.'],
    [new AbortController().signal, 'options must be an object.'],
    [Promise.resolve({ minScore: 1 }), 'options must be an object.'],
  ])('refuses %o', (given, message) => {
    expect(check(given)).toThrow(
      expect.objectContaining({ code: 'invalid_option', message: expect.stringContaining(message) }),
    )
  })
})
