import { expect, it } from 'vitest'
import { median, quantile, quartiles } from './statistics.ts'

it('takes quantiles between samples in proportion', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(quartiles([1, 2, 3, 4, 5])).toEqual([2, 4])
  expect(quantile([7], 0.99)).toBe(7)
  expect(quantile([], 0.5)).toBeNaN()
})
