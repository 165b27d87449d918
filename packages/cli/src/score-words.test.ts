import { describe, expect, it } from 'vitest'
import { formatScore, scoreWords } from './score-words.ts'

describe('scoreWords', () => {
  it.each([
    [0, 'any stranger'],
    [0.3, 'any stranger'],
    [0.4, 'one stranger in 10'],
    [0.5, 'one stranger in 100'],
    [0.7, 'one stranger in 10,000'],
    [0.93, 'one stranger in 2,000,000'],
    [1, 'fewer than one stranger in 10,000,000'],
  ])('says of %s: %s', (score, words) => {
    expect(scoreWords(score)).toBe(words)
  })
})

describe('formatScore', () => {
  it('never rounds a score up to a threshold it did not reach', () => {
    expect(formatScore(0.6999)).toBe('0.69')
    expect(formatScore(0.7)).toBe('0.70')
    expect(formatScore(0.29)).toBe('0.29')
    expect(formatScore(1)).toBe('1.00')
  })
})
