import { expect, it } from 'vitest'
import { isRecent } from './native-addon.ts'

it.each([
  ['2.26.2', true],
  ['2.26.10', true],
  ['2.27.0', true],
  ['2.26.1', false],
  ['2.25.3', false],
  ['1.99.99', false],
  ['3.0.0', false],
  ['2.26.2-beta.1', false],
  ['', false],
])('knows whether usearch %s is one that can be used: %s', (version, recent) => {
  expect(isRecent(version)).toBe(recent)
})
