import { inspect } from 'node:util'
import { isVisavisError } from '@visavis/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { createCollectionRequest, updateCollectionRequest } from './collection.ts'
import { compareRequest } from './compare.ts'
import * as wire from './index.ts'
import { createPersonRequest } from './person-request.ts'
import { readRequest } from './read-request.ts'
import { searchCropsRequest } from './search.ts'
import { anyBody } from './testing/arbitrary.ts'

const schemas = (Object.values(wire) as unknown[]).filter((value): value is z.ZodType => value instanceof z.ZodType)

/** The message; `undefined` where the body is taken. */
function refusal(schema: z.ZodType, body: unknown): string | undefined {
  try {
    readRequest(schema, body)
    return undefined
  } catch (error) {
    if (!isVisavisError(error, 'bad_request')) throw error
    return error.message
  }
}

describe('requests', () => {
  const search = { images: ['AQID'], min_score: 0.7, search_mode: 'FAST' }

  it('are refused in the words of the service', () => {
    for (const [change, message] of [
      [{ min_score: undefined }, '"min_score" is required.'],
      [{ images: [] }, '"images" must contain at least 1 items.'],
      [{ images: ['a', 'b', 'c', 'd'] }, '"images" must contain less than or equal to 3 items.'],
      [{ images: [''] }, '"images[0]" is not allowed to be empty.'],
      [{ images: 'AQID' }, '"images" must be an array.'],
      [{ images: [null] }, '"images[0]" must be a string.'],
      [{ min_score: 1.5 }, '"min_score" must be less than or equal to 1.'],
      [{ min_score: '0.2' }, '"min_score" must be greater than or equal to 0.5.'],
      [{ min_score: 'high' }, '"min_score" must be a number.'],
      [{ min_score: true }, '"min_score" must be a number.'],
      [{ search_mode: 'fast' }, '"search_mode" must be one of [FAST, ACCURATE].'],
      [{ max_results: 101 }, '"max_results" must be less than or equal to 100.'],
      [{ max_results: 2.5 }, '"max_results" must be an integer.'],
    ] as const) {
      expect(refusal(searchCropsRequest, { ...search, ...change })).toBe(message)
    }
    expect(refusal(searchCropsRequest, undefined)).toBe('"value" is required.')
    expect(refusal(searchCropsRequest, [])).toBe('"value" must be an object.')
    expect(refusal(createPersonRequest, { name: 'A', images: ['AQID'], date_of_birth: '1988-02-30' })).toBe(
      '"date_of_birth" must be in date format.',
    )
    expect(refusal(compareRequest, { gallery: ['AQID'], probe: ['AQID'], compare_min_score: 0.5 })).toBe(
      '"compare_min_score" must be greater than or equal to 0.67.',
    )
  })

  it('are refused with fields that are not known, but for those that clients send with everything', () => {
    expect(refusal(searchCropsRequest, { ...search, cropFace: true, email: null })).toBeUndefined()
    for (const [name, meant] of [
      ['collectionId', 'collection_id'],
      ['Collection_ID', 'collection_id'],
      ['collection', 'collection_id'],
      ['colection_id', 'collection_id'],
      ['minScore', 'min_score'],
      ['search_modes', 'search_mode'],
    ] as const) {
      const message = `"${name}" is not allowed; did you mean "${meant}"?`
      expect(refusal(searchCropsRequest, { ...search, [name]: 'x' })).toBe(message)
    }
    expect(refusal(searchCropsRequest, { ...search, threshold: 1 })).toBe('"threshold" is not allowed.')
    expect(refusal(createCollectionRequest, { name: 'Staff', people: [] })).toBeUndefined()
    expect(refusal(createCollectionRequest, { name: 'Staff', people: ['x'] })).toMatch(/^"people" must contain/)
    expect(refusal(updateCollectionRequest, { people: [] })).toBe('"people" is not allowed.')
  })

  it('are refused with names and ids that none may have', () => {
    const person = { name: 'A', images: ['AQID'] }
    for (const [change, message] of [
      [{ id: 'lookup' }, '"id" must not be one of'],
      [{ id: '..' }, '"id" must not be one of'],
      [{ id: '\ud800' }, '"id" must be well-formed Unicode'],
      [{ name: ' ' }, '"name" must not be white space alone'],
      [{ name: 'A\0' }, '"name" must not have control characters'],
      [{ notes: '\u0007' }, '"notes" must not have control characters'],
      [{ date_of_birth: '0000-01-01' }, '"date_of_birth" must be a day from 1800 to today'],
      [{ date_of_birth: '2990-01-01' }, '"date_of_birth" must be a day from 1800 to today'],
    ] as const) {
      expect(refusal(createPersonRequest, { ...person, ...change })).toContain(message)
    }
  })

  it('are refused with long texts for numbers at once', () => {
    for (const text of ['1'.repeat(1e6), `1.${'0'.repeat(1e6)}x`, `.${'1'.repeat(1e6)}e`]) {
      expect(refusal(searchCropsRequest, { ...search, min_score: text, max_results: text })).toMatch(
        /^"m\w+" must be a number\.$/,
      )
    }
  })

  it('are read or refused, whatever is sent, with nothing of it in the message', () => {
    const secret = 'c2VjcmV0IGZhY2U'
    fc.assert(
      fc.property(anyBody, fc.constantFrom(...schemas), (body, schema) => {
        expect(refusal(schema, body) ?? 'It is taken.').toMatch(/^.{5,200}[.?]$/s)
      }),
      { numRuns: 300 },
    )
    for (const body of [
      { images: [{ image: secret }], min_score: secret, search_mode: secret, [secret.repeat(5)]: 1 },
      { ...search, [`collection_id ${secret}`]: secret },
      { ...search, search_mode: secret },
    ]) {
      expect(inspect(refusal(searchCropsRequest, body))).not.toContain(secret)
    }
  })
})

describe('every schema', () => {
  it('can stand in an OpenAPI document, as it is sent and as it is read', () => {
    expect(schemas.length).toBeGreaterThan(20)
    for (const schema of schemas) {
      for (const io of ['input', 'output'] as const) {
        expect(z.toJSONSchema(schema, { io })).toMatchObject({ type: 'object' })
      }
    }
  })
})
