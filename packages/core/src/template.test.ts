import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { templateFault } from './template.ts'

describe('templateFault', () => {
  const vectors = fc
    .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1, max: 1 }), { minLength: 1, maxLength: 64 })
    .filter((values) => Math.hypot(...values) > 0.01)
    .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)))

  it('finds nothing wrong with unit vectors of the length that is wanted, and with empty ones', () => {
    fc.assert(
      fc.property(vectors, (vector) => {
        expect(templateFault(vector, vector.length)).toBeUndefined()
        expect(templateFault(vector)).toBeUndefined()
      }),
    )
    expect(templateFault(new Float32Array(0), 128)).toBeUndefined()
  })

  it('finds every other length, and every value that is no number', () => {
    fc.assert(
      fc.property(
        vectors,
        fc.constantFrom(0, 0.5, 0.99, 1.01, 1000),
        fc.constantFrom(Number.NaN, Infinity, -Infinity),
        fc.nat(),
        (vector, factor, value, place) => {
          expect(templateFault(vector.map((one) => one * factor))).toMatch('has length')
          expect(templateFault(vector, vector.length + 1)).toMatch('values where')
          const broken = vector.slice()
          broken[place % broken.length] = value
          expect(templateFault(broken)).toMatch('not finite')
        },
      ),
    )
  })
})
