import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cosineOf, fuseTemplates } from '../fused-template.ts'
import { createPackedIndex } from '../vector-index/packed-index.ts'
import type { IndexQuery, VectorIndex } from '../vector-index/vector-index.ts'
import { PeopleIndex } from './people-index.ts'

const model = { id: 'model', dimensions: 2, calibration: { fast: [], accurate: [] } }

function at(degrees: number): Float32Array {
  return Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180))
}

const everybody = { mode: 'FAST', limit: 5, leastSimilarity: 0.5 } as const

const faces = (...degrees: number[]): { modelId: string; template: Float32Array }[] =>
  degrees.map((angle) => ({ modelId: 'model', template: at(angle) }))

describe('PeopleIndex', () => {
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
          const people = new PeopleIndex(model, await createPackedIndex({ dimensions: 2 }))
          for (const [i, { angles, collection }] of persons.entries()) {
            const collectionIds = collection === undefined ? [] : [collection]
            people.put({ personId: `${i}`, collectionIds, faces: faces(...angles) })
          }
          const hits = await people.search(at(probe), { mode: 'ACCURATE', limit, leastSimilarity: -1, collectionId })
          const expected = persons
            .filter(({ collection }) => collectionId === undefined || collection === collectionId)
            .map(({ angles }) => cosineOf(at(probe), fuseTemplates(angles.map(at)).vector))
            .toSorted((a, b) => b - a)
            .slice(0, limit)
          expect(new Set(hits.map(({ personId }) => personId)).size).toBe(hits.length)
          expect(hits).toHaveLength(expected.length)
          for (const [i, { similarity }] of hits.entries()) {
            expect(similarity).toBeCloseTo(expected[i] as number, 5)
          }
        },
      ),
    )
  })

  it('forgets the templates that a person had before', async () => {
    const people = new PeopleIndex(model, await createPackedIndex({ dimensions: 2 }))
    people.put({ personId: 'p', collectionIds: ['a'], faces: faces(0, 10, 20) })
    people.put({ personId: 'p', collectionIds: ['b'], faces: faces(90) })
    const query = { mode: 'FAST', limit: 5, leastSimilarity: 0.5 } as const
    expect(await people.search(at(0), query)).toEqual([])
    expect(await people.search(at(90), query)).toHaveLength(1)
    expect([people.count('a'), people.count('b')]).toEqual([0, 1])
    people.deleteCollection('b')
    expect(people.count('b')).toBe(0)
    expect(people.has('p')).toBe(true)
    people.delete('p')
    expect(await people.search(at(90), query)).toEqual([])
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
    const people = new PeopleIndex(model, slow)
    people.put({ personId: 'leaves', collectionIds: [], faces: faces(0) })
    const searching = people.search(at(0), { mode: 'FAST', limit: 5, leastSimilarity: 0.5 })
    people.delete('leaves')
    people.put({ personId: 'comes', collectionIds: [], faces: faces(90) })
    answer?.()
    expect(await searching).toEqual([])
    people.delete('comes')
    people.put({ personId: 'comes later', collectionIds: [], faces: faces(90) })
    // Both keys were free by then.
    expect(Math.max(...packed.keys())).toBeLessThan(2)
  })

  it('refuses what is no template of its model, and of other models what is no template at all', async () => {
    const people = new PeopleIndex(model, await createPackedIndex({ dimensions: 2 }))
    const check = (modelId: string, ...template: number[]) =>
      people.check([{ modelId, template: Float32Array.from(template) }])
    for (const none of [[Number.NaN, 1], [Infinity, 0], [1, 0, 0], [1], [0, 0], [1000, 0], [0.6, 0.6]]) {
      expect(() => check('model', ...none)).toThrow(expect.objectContaining({ code: 'dimension_mismatch' }))
    }
    expect(() => check('other', Number.NaN, 1, 0)).toThrow(expect.objectContaining({ code: 'dimension_mismatch' }))
    expect(() => check('model', 0.6, 0.8)).not.toThrow()
    expect(() => check('other', 0, 1, 0)).not.toThrow()
    expect(() => check('model')).not.toThrow()
  })

  it('compares nobody by what is no template, but refuses to answer without them', async () => {
    const people = new PeopleIndex(model, await createPackedIndex({ dimensions: 2 }))
    people.put({ personId: 'whole', collectionIds: ['c'], faces: faces(0) })
    for (const none of [Float32Array.of(1000, 0), Float32Array.of(Number.NaN, 0), new Float32Array(3)]) {
      people.put({ personId: 'damaged', collectionIds: [], faces: [{ modelId: 'model', template: none }] })
      expect(people.outdated()).toEqual(['damaged'])
      await expect(people.search(at(0), everybody)).rejects.toMatchObject({ code: 'model_mismatch' })
      expect(() => people.compare(at(0), 'damaged')).toThrow(expect.objectContaining({ code: 'model_mismatch' }))
      expect(await people.search(at(0), { ...everybody, collectionId: 'c' })).toHaveLength(1)
    }
  })

  it('compares one person as a search does, and says what they are compared by', async () => {
    const people = new PeopleIndex(model, await createPackedIndex({ dimensions: 2 }))
    people.put({ personId: 'p', collectionIds: [], faces: faces(0, 40) })
    people.put({ personId: 'q', collectionIds: [], faces: faces(90) })
    const [found] = await people.search(at(30), everybody)
    expect(found).toMatchObject({ personId: 'p', enrolled: { views: 2 } })
    expect(found?.enrolled.coherence).toBeCloseTo(Math.cos((20 * Math.PI) / 180), 6)
    expect(found?.similarity).toBeCloseTo(Math.cos((10 * Math.PI) / 180), 5)
    const compared = people.compare(at(30), 'p')
    expect(compared?.enrolled).toEqual(found?.enrolled)
    expect(compared?.similarity).toBeCloseTo(found?.similarity as number, 6)
    expect(people.compare(at(30), 'nobody')).toBeUndefined()
  })

  it('finds who joins a collection there, and who leaves it no more', async () => {
    const people = new PeopleIndex(model, await createPackedIndex({ dimensions: 2 }))
    people.put({ personId: 'p', collectionIds: ['a', 'b'], faces: faces(0) })
    const foundIn = async (collectionId: string) => (await people.search(at(0), { ...everybody, collectionId })).length
    people.join('p', 'c')
    people.join('p', 'c')
    people.leave('p', 'a')
    people.leave('p', 'a')
    expect([await foundIn('a'), await foundIn('b'), await foundIn('c')]).toEqual([0, 1, 1])
    expect([people.count('a'), people.count('b'), people.count('c')]).toEqual([0, 1, 1])
    expect(people.collectionIds('p')).toEqual(['b', 'c'])
    people.delete('p')
    expect([people.count('b'), people.count('c')]).toEqual([0, 0])
  })

  it('searches nobody of another model, and refuses where somebody would be left out of the answer', async () => {
    const people = new PeopleIndex(model, await createPackedIndex({ dimensions: 2 }))
    people.put({ personId: 'current', collectionIds: ['c'], faces: faces(0) })
    const foreign = { modelId: 'other', template: new Float32Array(7) }
    people.put({ personId: 'old', collectionIds: ['o'], faces: [...faces(0), foreign] })
    expect(people.outdated()).toEqual(['old'])
    await expect(people.search(at(0), everybody)).rejects.toMatchObject({ code: 'model_mismatch' })
    await expect(people.search(at(0), { ...everybody, collectionId: 'o' })).rejects.toMatchObject({
      code: 'model_mismatch',
    })
    expect(await people.search(at(0), { ...everybody, collectionId: 'c' })).toHaveLength(1)
    people.put({ personId: 'old', collectionIds: ['o'], faces: faces(0) })
    expect(people.outdated()).toEqual([])
    expect(await people.search(at(0), everybody)).toHaveLength(2)
  })

  it('keeps a person of whom there is no template, and never finds them', async () => {
    const people = new PeopleIndex(model, await createPackedIndex({ dimensions: 2 }))
    people.put({
      personId: 'p',
      collectionIds: ['c'],
      faces: [{ modelId: 'model', template: new Float32Array(0) }],
    })
    expect([people.has('p'), people.count('c'), people.outdated()]).toEqual([true, 1, []])
    expect(await people.search(at(0), everybody)).toEqual([])
  })
})
