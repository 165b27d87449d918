import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPackedIndex } from '../vector-index/packed-index.ts'
import type { IndexQuery, VectorIndex } from '../vector-index/vector-index.ts'
import { Gallery } from './gallery.ts'

const model = { id: 'model', dimensions: 2, calibration: { fast: [], accurate: [] } }

function at(degrees: number): Float32Array {
  return Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
}

const everybody = { mode: 'FAST', limit: 5, leastSimilarity: 0.5 } as const

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
          const gallery = new Gallery(model, await createPackedIndex({ dimensions: 2 }))
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
          expect(hits).toHaveLength(expected.length)
          for (const [i, { similarity }] of hits.entries()) {
            expect(similarity).toBeCloseTo(at(expected[i] as number)[0] as number, 5)
          }
        },
      ),
    )
  })

  it('forgets the templates that a person had before', async () => {
    const gallery = new Gallery(model, await createPackedIndex({ dimensions: 2 }))
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

  it('takes no newcomer for someone who left while a search was running', async () => {
    const packed = await createPackedIndex({ dimensions: 2 })
    let answer: (() => void) | undefined
    const answered = new Promise<void>((resolve) => (answer = resolve))
    // An index that answers later, as one behind a network does.
    const slow: VectorIndex = Object.assign(Object.create(packed), {
      search: async (probe: Float32Array, query: IndexQuery) => {
        const hits = packed.search(probe, query)
        await answered
        return hits
      },
      add: packed.add.bind(packed),
      remove: packed.remove.bind(packed),
    })
    Object.defineProperty(slow, 'size', { get: () => packed.size })
    const gallery = new Gallery(model, slow)
    gallery.put({ personId: 'leaves', collectionIds: [], faces: faces(0) })
    const searching = gallery.search(at(0), { mode: 'FAST', limit: 5, leastSimilarity: 0.5 })
    gallery.delete('leaves')
    gallery.put({ personId: 'comes', collectionIds: [], faces: faces(90) })
    answer?.()
    expect(await searching).toEqual([])
    gallery.delete('comes')
    gallery.put({ personId: 'comes later', collectionIds: [], faces: faces(90) })
    // Both keys were free by then.
    expect(Math.max(...packed.keys())).toBeLessThan(2)
  })

  it('refuses a template of another length, and keeps the person as they were', async () => {
    const gallery = new Gallery(model, await createPackedIndex({ dimensions: 2 }))
    gallery.put({ personId: 'p', collectionIds: [], faces: faces(0) })
    const long = { modelId: 'model', template: new Float32Array(3) }
    expect(() => gallery.put({ personId: 'p', collectionIds: [], faces: [long] })).toThrow(
      expect.objectContaining({ code: 'dimension_mismatch' }),
    )
    expect(await gallery.search(at(0), everybody)).toHaveLength(1)
  })

  it('searches nobody of another model, and refuses where somebody would be left out of the answer', async () => {
    const gallery = new Gallery(model, await createPackedIndex({ dimensions: 2 }))
    gallery.put({ personId: 'current', collectionIds: ['c'], faces: faces(0) })
    const foreign = { modelId: 'other', template: new Float32Array(7) }
    gallery.put({ personId: 'old', collectionIds: ['o'], faces: [...faces(0), foreign] })
    expect(gallery.outdated()).toEqual(['old'])
    await expect(gallery.search(at(0), everybody)).rejects.toMatchObject({ code: 'model_mismatch' })
    await expect(gallery.search(at(0), { ...everybody, collectionId: 'o' })).rejects.toMatchObject({
      code: 'model_mismatch',
    })
    expect(await gallery.search(at(0), { ...everybody, collectionId: 'c' })).toHaveLength(1)
    gallery.put({ personId: 'old', collectionIds: ['o'], faces: faces(0) })
    expect(gallery.outdated()).toEqual([])
    expect(await gallery.search(at(0), everybody)).toHaveLength(2)
  })

  it('keeps a person of whom there is no template, and never finds them', async () => {
    const gallery = new Gallery(model, await createPackedIndex({ dimensions: 2 }))
    gallery.put({
      personId: 'p',
      collectionIds: ['c'],
      faces: [{ modelId: 'model', template: new Float32Array(0) }],
    })
    expect([gallery.has('p'), gallery.count('c'), gallery.outdated()]).toEqual([true, 1, []])
    expect(await gallery.search(at(0), everybody)).toEqual([])
  })
})
