import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { collectionObjectId, isCollectionCode, isObjectId, timeOfObjectId } from './object-id.ts'

describe('ids on the wire', () => {
  it('are told apart by their form', () => {
    fc.assert(
      fc.property(fc.uuid(), (code) => {
        expect(isCollectionCode(code)).toBe(true)
        expect(isObjectId(code)).toBe(false)
        expect(isObjectId(collectionObjectId(code))).toBe(true)
        expect(isCollectionCode(collectionObjectId(code))).toBe(false)
      }),
    )
    for (const id of ['', 'staff', '../x', '66aa0000000000000000000', 'g'.repeat(24)]) {
      expect(isObjectId(id) || isCollectionCode(id)).toBe(false)
      expect(collectionObjectId(id)).toBe(id)
    }
  })

  it('say when they were made', () => {
    expect(timeOfObjectId('65f0000012345678abcdef00')).toBe('2024-03-12T07:10:56.000Z')
    expect(timeOfObjectId('staff')).toBeNull()
  })
})
