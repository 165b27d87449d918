import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  collectionName,
  collectionNames,
  collectionObjectId,
  isCollectionCode,
  isObjectId,
  shareName,
} from './collection-names.ts'

describe('names of collections', () => {
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

  it('are compared by their digits in any case, and as they are where they are no digits', () => {
    const code = 'a46fb9f2-01d9-4bde-bb65-5c8c2b1f5dbf'
    expect(collectionNames(code.toUpperCase())).toEqual([code, 'a46fb9f201d94bdebb655c8c'])
    expect(collectionName('Gate')).toBe('Gate')
    expect(shareName('Gate', 'gate')).toBe(false)
    expect(shareName(code, code.toUpperCase())).toBe(true)
    expect(shareName('A46FB9F201D94BDEBB655C8C', code)).toBe(true)
    expect(shareName(code, 'a46fb9f201d94bdebb655c8c')).toBe(true)
    expect(shareName('a46fb9f2-01d9-4bde-bb65-5c8c00000000', code)).toBe(false)
  })
})
