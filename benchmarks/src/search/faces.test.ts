import { describe, expect, it } from 'vitest'
import { faceAt, facesAPerson, makeFaces, type Faces } from './faces.ts'

const options = { count: 2000, dimensions: 128, queries: 100 }

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
}

/** Of two vectors of one person, and of two people. */
function meanCosines(faces: Faces): { within: number; between: number } {
  let [within, between] = [0, 0]
  const people = faces.count / facesAPerson
  for (let who = 0; who < people; who++) {
    const face = faceAt(faces, who * facesAPerson)
    within += cosine(face, faceAt(faces, who * facesAPerson + 1)) / people
    between += cosine(face, faceAt(faces, ((who + 1) % people) * facesAPerson)) / people
  }
  return { within, between }
}

describe('makeFaces', () => {
  it.each([
    { cone: false, within: 0.6, between: 0 },
    { cone: true, within: 0.89, between: 0.72 },
  ])('makes unit vectors that are as alike as it says: %o', ({ cone, within, between }) => {
    const faces = makeFaces({ ...options, cone })
    for (let key = 0; key < faces.count; key++) expect(cosine(faceAt(faces, key), faceAt(faces, key))).toBeCloseTo(1, 5)
    const means = meanCosines(faces)
    expect(Math.abs(means.within - within)).toBeLessThan(0.02)
    expect(Math.abs(means.between - between)).toBeLessThan(0.02)
  })

  it('asks for new pictures of people who are there, all over', () => {
    const faces = makeFaces({ ...options, cone: false })
    expect(faces.queries).toHaveLength(options.queries)
    const found = faces.queries.map((query) => {
      const similarities = Array.from({ length: faces.count }, (_, key) => cosine(query, faceAt(faces, key)))
      const best = Math.max(...similarities)
      expect(best).toBeLessThan(0.999)
      return Math.floor(similarities.indexOf(best) / facesAPerson)
    })
    // Every fourth person is asked for, and nearly always the most alike.
    expect(found.filter((person, i) => person === (i + 1) * 4 - 1).length).toBeGreaterThan(90)
  })

  it('makes the same for the same options', () => {
    expect(makeFaces({ ...options, cone: true })).toEqual(makeFaces({ ...options, cone: true }))
  })

  it('spreads what differs over all dimensions', () => {
    const faces = makeFaces({ ...options, cone: false })
    const variances = Array.from({ length: faces.dimensions }, (_, i) => {
      let sum = 0
      for (let key = 0; key < faces.count; key++) sum += (faceAt(faces, key)[i] as number) ** 2
      return (sum / faces.count) * faces.dimensions
    })
    expect(Math.min(...variances)).toBeGreaterThan(0.3)
    expect(Math.max(...variances)).toBeLessThan(3)
  })

  it('refuses dimensions that it cannot rotate', () => {
    expect(() => makeFaces({ ...options, dimensions: 100, cone: false })).toThrow(RangeError)
  })
})
