import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactIndex } from '../vector-index/exact-index.ts'
import { Gallery } from './gallery.ts'

const model = { id: 'model', dimensions: 2, calibration: { fast: [], accurate: [] } }

function at(degrees: number): Float32Array {
  return Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
}

const faces = (...degrees: number[]): { modelId: string; template: Float32Array }[] =>
  degrees.map((angle) => ({ modelId: 'model', template: at(angle) }))

describe('Gallery', () => {
  it('gives as many people as were asked for, however many templates each has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            angles: fc.array(fc.nat(180), { minLength: 1, maxLength: 3 }),
            collection: fc.constantFrom('a', 'b', undefined),
          }),
          { minLength: 1, maxLength: 25 },
        ),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(180),
        fc.constantFrom('a', undefined),
        async (persons, limit, probe, collectionId) => {
          const gallery = new Gallery(model, new ExactIndex(2))
          for (const [i, { angles, collection }] of persons.entries()) {
            const collectionIds = collection === undefined ? [] : [collection]
            gallery.put({ personId: `${i}`, collectionIds, faces: faces(...angles) })
          }
          const hits = await gallery.search(at(probe), { mode: 'ACCURATE', limit, leastSimilarity: -1, collectionId })
          const expected = persons
            .filter(({ collection }) => collectionId === undefined || collection === collectionId)
            .map(({ angles }) => Math.min(...angles.map((angle) => Math.abs(angle - probe))))
            .toSorted((a, b) => a - b)
            .slice(0, limit)
          expect(new Set(hits.map(({ personId }) => personId)).size).toBe(hits.length)
          expect(hits.map(({ similarity }) => similarity.toFixed(4))).toEqual(
            expected.map((angle) => (at(angle)[0] as number).toFixed(4)),
          )
        },
      ),
    )
  })

  it('forgets the templates that a person had before', async () => {
    const gallery = new Gallery(model, new ExactIndex(2))
    gallery.put({ personId: 'p', collectionIds: ['a'], faces: faces(0, 10, 20) })
    gallery.put({ personId: 'p', collectionIds: ['b'], faces: faces(90) })
    const query = { mode: 'FAST', limit: 5, leastSimilarity: 0.5 } as const
    expect(await gallery.search(at(0), query)).toEqual([])
    expect(await gallery.search(at(90), query)).toHaveLength(1)
    expect([gallery.count('a'), gallery.count('b')]).toEqual([0, 1])
    gallery.deleteCollection('b')
    expect(gallery.count('b')).toBe(0)
    expect(gallery.has('p')).toBe(true)
    gallery.delete('p')
    expect(await gallery.search(at(90), query)).toEqual([])
  })

  it('refuses templates of another model or length, and keeps the person as they were', async () => {
    const gallery = new Gallery(model, new ExactIndex(2))
    gallery.put({ personId: 'p', collectionIds: [], faces: faces(0) })
    const foreign = { modelId: 'other', template: at(90) }
    const long = { modelId: 'model', template: new Float32Array(3) }
    expect(() => gallery.put({ personId: 'p', collectionIds: [], faces: [foreign] })).toThrow(
      expect.objectContaining({ code: 'model_mismatch' }),
    )
    expect(() => gallery.put({ personId: 'p', collectionIds: [], faces: [long] })).toThrow(
      expect.objectContaining({ code: 'dimension_mismatch' }),
    )
    const query = { mode: 'FAST', limit: 5, leastSimilarity: 0.5 } as const
    expect(await gallery.search(at(0), query)).toHaveLength(1)
  })
})
