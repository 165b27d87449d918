import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeySet } from './key-set.ts'

describe('KeySet', () => {
  it('holds what a Set holds', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.nat(3000), add: fc.boolean() })), (changes) => {
        const keys = new KeySet()
        const expected = new Set<number>()
        for (const { key, add } of changes) {
          if (add) {
            keys.add(key)
            expected.add(key)
          } else {
            keys.delete(key)
            expected.delete(key)
          }
          expect(keys.has(key)).toBe(add)
        }
        expect(keys.size).toBe(expected.size)
        expect([...keys]).toEqual([...expected].sort((a, b) => a - b))
        expect(keys.has(1_000_000)).toBe(false)
      }),
    )
  })
})
