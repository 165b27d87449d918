import { expect, it } from 'vitest'
import { describeScore, describeThreshold } from './odds.ts'

it('says how rare a stranger is who looks that much alike, as far as that was measured', () => {
  expect(describeScore(0.7)).toBe('Only one stranger in 10,000 looks this much alike.')
  expect(describeScore(0.63)).toContain('2,000')
  expect(describeScore(1)).toBe('Fewer than one stranger in 1,000,000 look this much alike.')
})

it('says what a threshold lets through among everybody enrolled', () => {
  expect(describeThreshold(0.7, 0)).toBe('One stranger in 10,000 is taken for a given person.')
  expect(describeThreshold(0.7, 1)).not.toContain('Compared')
  expect(describeThreshold(0.7, 100)).toContain('all 100 people enrolled, it is about one in 100.')
  expect(describeThreshold(0.5, 100_000)).toContain('about one in 1.')
})
