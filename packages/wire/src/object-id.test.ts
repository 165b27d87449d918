import { expect, it } from 'vitest'
import { timeOfObjectId } from './object-id.ts'

it('says when an id of the service was made', () => {
  expect(timeOfObjectId('65f0000012345678abcdef00')).toBe('2024-03-12T07:10:56.000Z')
  expect(timeOfObjectId('staff')).toBeNull()
})
