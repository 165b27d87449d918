import { isVisavisError } from '@visavis/core'
import { collectionObjectId } from '@visavis/core/kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  collectionAnswer,
  fromCollectionAnswer,
  fromCollectionListAnswer,
  fromCreateCollectionRequest,
} from './collection.ts'
import { createCollectionRequest, toCreateCollectionRequest, toWireCollection } from './collection.ts'
import {
  compareAnswer,
  compareRequest,
  fromCompareAnswer,
  fromCompareRequest,
  toCompareRequest,
  toWireComparison,
} from './compare.ts'
import { detectAnswer, fromDetectAnswer, toWireFace } from './detect.ts'
import { toEnvelope } from './envelope.ts'
import { fromLivenessAnswer } from './liveness.ts'
import { fromPersonAnswer } from './person.ts'
import { fromPersonListAnswer } from './person-list.ts'
import { readRequest } from './read-request.ts'
import { toWireScore } from './score.ts'
import { fromSearchAnswer } from './search.ts'
import { fromSessionAnswer } from './session.ts'
import { anyBody, candidate, collection, face, overTheWire, score } from './testing/arbitrary.ts'
import {
  fromVerifyAnswer,
  fromVerifyRequest,
  toVerifyRequest,
  toWireVerification,
  verifyAnswer,
  verifyRequest,
} from './verify.ts'

const mode = fc.constantFrom('FAST' as const, 'ACCURATE' as const)

describe('collections on the wire', () => {
  it('are the same there and back, by both of their names', () => {
    fc.assert(
      fc.property(collection, (one) => {
        const body = overTheWire({ data: toWireCollection(one) })
        expect(collectionAnswer.parse(body)).toEqual(body)
        expect(fromCollectionAnswer(body)).toEqual({ objectId: collectionObjectId(one.id), collection: one })
        const { id, name, description } = one
        const request = readRequest(createCollectionRequest, toCreateCollectionRequest({ id, name, description: '' }))
        expect(fromCreateCollectionRequest(request)).toEqual({ id, name, description: '' })
        expect(toWireCollection({ ...one, count: null })).not.toHaveProperty('count')
        expect(description).toBe(one.description)
      }),
    )
  })

  it('are not listed once they are deleted', () => {
    const rows = [
      { _id: '66cc00000000000000000009', deleted: true },
      { _id: '66cc0000000000000000000a', name: 'Night' },
    ]
    expect(fromCollectionListAnswer({ data: rows }).map((one) => one.collection.name)).toEqual(['Night'])
  })
})

describe('verifications on the wire', () => {
  it('are the same there and back', () => {
    fc.assert(
      fc.property(candidate, score, fc.boolean(), (one, minScore, isMatch) => {
        const sent = toWireScore(one.score)
        const result = { match: isMatch ? { ...one, score: sent } : null, score: sent }
        const body = overTheWire(toEnvelope('AB12C', toWireVerification(result)))
        expect(verifyAnswer.parse(body)).toEqual(body)
        const read = fromVerifyAnswer(body, { personId: one.id, minScore })
        expect(read).toEqual(sent >= minScore ? result : { ...result, match: null })
      }),
      { numRuns: 50 },
    )
  })

  it('ask on the server for what the client asked for', () => {
    fc.assert(
      fc.property(score, mode, fc.option(fc.uuid(), { nil: undefined }), (minScore, how, collectionId) => {
        const options = { minScore, mode: how, ...(collectionId && { collectionId }) }
        const request = readRequest(verifyRequest, overTheWire(toVerifyRequest('Ada', options, ['AQID'])))
        expect(request).toMatchObject({ id: 'Ada', images: ['AQID'] })
        expect(fromVerifyRequest(request)).toEqual(options)
      }),
    )
  })

  it('are refused where the match is another person', () => {
    const body = { data: { match: { id: 'Bea', score: 0.99 } } }
    expect(() => fromVerifyAnswer(body, { personId: 'Ada', minScore: 0.5 })).toThrow(
      expect.objectContaining({ code: 'bad_response' }),
    )
  })
})

describe('comparisons on the wire', () => {
  it('are held against the threshold of the caller, though the endpoint takes fewer', () => {
    fc.assert(
      fc.property(score, score, mode, (value, minScore, how) => {
        const request = readRequest(
          compareRequest,
          overTheWire(toCompareRequest({ minScore, mode: how }, ['AQID'], ['BAUG'])),
        )
        expect(request).toMatchObject({ probe: ['AQID'], gallery: ['BAUG'] })
        const options = fromCompareRequest(request)
        expect(options.mode).toBe(how)
        const comparison = toWireComparison({ score: value, passed: value >= options.minScore }, options.minScore)
        const body = overTheWire(toEnvelope('AB12C', comparison))
        expect(compareAnswer.parse(body)).toEqual(body)
        const sent = toWireScore(value)
        expect(fromCompareAnswer(body, { minScore })).toEqual({ score: sent, passed: sent >= minScore })
      }),
    )
  })
})

describe('detections on the wire', () => {
  it('are the same there and back, the largest first', () => {
    fc.assert(
      fc.property(fc.array(face, { maxLength: 4 }), (faces) => {
        const body = overTheWire(
          toEnvelope(
            'AB12C',
            faces.map((one) => toWireFace(one)),
          ),
        )
        expect(detectAnswer.parse(body)).toEqual(body)
        const read = fromDetectAnswer(body)
        const areas = read.map(({ box }) => (box.right - box.left) * (box.bottom - box.top))
        expect(areas).toEqual(areas.toSorted((a, b) => b - a))
        for (const one of faces) {
          expect(read).toContainEqual({ ...one, score: toWireScore(one.score), candidates: [] })
        }
      }),
      { numRuns: 50 },
    )
  })
})

describe('any answer', () => {
  it('is read or refused as one, never anything else', () => {
    const readers: ((body: unknown) => unknown)[] = [
      (body) => fromSearchAnswer(body, { minScore: 0.5, maxResults: 10 }),
      (body) => fromVerifyAnswer(body, { personId: 'x', minScore: 0.5 }),
      (body) => fromCompareAnswer(body, { minScore: 0.5 }),
      (body) => fromDetectAnswer(body),
      (body) => fromLivenessAnswer(body, { minScore: 0.5 }),
      (body) => fromPersonAnswer(body),
      (body) => fromPersonListAnswer(body),
      (body) => fromCollectionAnswer(body),
      (body) => fromCollectionListAnswer(body),
      (body) => fromSessionAnswer(body),
    ]
    let read = 0
    fc.assert(
      fc.property(anyBody, fc.constantFrom(...readers), (body, reader) => {
        try {
          reader(body)
          read++
        } catch (error) {
          if (!isVisavisError(error, 'bad_response')) throw error
        }
      }),
      { numRuns: 2000 },
    )
    expect(read).toBeGreaterThan(0)
  })
})
