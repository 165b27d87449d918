import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toEnvelope } from './envelope.ts'
import { readRequest } from './read-request.ts'
import { toWireScore } from './score.ts'
import {
  fromSearchAnswer,
  fromSearchRequest,
  searchAnswer,
  searchCropsRequest,
  searchRequest,
  toSearchRequest,
  toWireCandidate,
} from './search.ts'
import { candidate, overTheWire, score } from './testing/arbitrary.ts'

const everything = { minScore: 0, maxResults: 100 }

describe('searches on the wire', () => {
  it('have the same answer there and back, scores to four decimals', () => {
    const people = fc.uniqueArray(candidate, { maxLength: 4, selector: ({ id }) => id })
    fc.assert(
      fc.property(people, (found) => {
        const candidates = found.toSorted((a, b) => b.score - a.score)
        const body = overTheWire(toEnvelope('AB12C', candidates.map(toWireCandidate)))
        expect(searchAnswer.parse(body)).toEqual(body)
        expect(fromSearchAnswer(body, everything)).toEqual({
          id: 'AB12C',
          percent: false,
          candidates: candidates.map((one) => ({ ...one, score: toWireScore(one.score) })),
        })
      }),
      { numRuns: 50 },
    )
  })

  it('give a candidate exactly the fields of the service', () => {
    fc.assert(
      fc.property(candidate, (one) => {
        const names = 'id name notes score gender thumbnails collections create_date nationality date_of_birth'
        expect(Object.keys(toWireCandidate(one))).toEqual([...names.split(' '), 'modified_date'])
      }),
      { numRuns: 5 },
    )
  })

  it('are sorted, cut and one row a person, whatever the service did', () => {
    const row = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), score: fc.oneof(score, score.map(String)) })
    fc.assert(
      fc.property(fc.array(row), score, fc.integer({ min: 1, max: 4 }), (data, minScore, maxResults) => {
        const { candidates } = fromSearchAnswer({ data }, { minScore, maxResults })
        const best = new Map<string, number>()
        for (const { id, score: value } of data) best.set(id, Math.max(Number(value), best.get(id) ?? 0))
        const expected = [...best.values()].filter((value) => value >= minScore).toSorted((a, b) => b - a)
        expect(candidates.map((one) => one.score)).toEqual(expected.slice(0, maxResults))
        expect(new Set(candidates.map(({ id }) => id)).size).toBe(candidates.length)
        for (const one of candidates) expect(best.get(one.id)).toBe(one.score)
      }),
    )
  })

  it('keep the order of the service among equals', () => {
    const data = ['d', 'a', 'c'].map((id) => ({ id, score: 1 }))
    expect(fromSearchAnswer({ data }, everything).candidates.map(({ id }) => id)).toEqual(['d', 'a', 'c'])
  })

  it('are refused where a row has no id, no score, or one above all', () => {
    for (const row of [{ score: 0.9 }, { id: 'a' }, { id: 'a', score: 'high' }, { id: 'a', score: 101.5 }, null, 'a']) {
      expect(() => fromSearchAnswer({ data: [row] }, everything)).toThrow(
        expect.objectContaining({ code: 'bad_response' }),
      )
    }
  })

  it('ask on the server for what the client asked for', () => {
    const options = fc.record(
      {
        minScore: score,
        mode: fc.constantFrom('FAST' as const, 'ACCURATE' as const),
        collectionId: fc.uuid(),
        maxResults: fc.integer({ min: 1, max: 100 }),
      },
      { requiredKeys: ['minScore', 'mode'] },
    )
    fc.assert(
      fc.property(options, (asked) => {
        const body = overTheWire(toSearchRequest(asked, ['AQID']))
        for (const schema of [searchRequest, searchCropsRequest]) {
          expect(fromSearchRequest(readRequest(schema, body))).toEqual({ maxResults: 10, ...asked })
        }
      }),
    )
  })

  it('are taken with numbers as text, and with the one picture of old clients', () => {
    const body = { image: 'AQID', min_score: '0.25', max_results: '7', search_mode: 'FAST', cropFace: true }
    const request = readRequest(searchRequest, body)
    expect(request).toMatchObject({ images: ['AQID'], min_score: 0.25, max_results: 7 })
    // Below half there is nothing that core's scale could say.
    expect(fromSearchRequest(request)).toMatchObject({ minScore: 0.5 })
    expect(() => readRequest(searchCropsRequest, body)).toThrow('"min_score" must be greater than or equal to 0.5.')
  })
})
