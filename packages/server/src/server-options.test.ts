import type { FaceMatcher } from '@visavis/core'
import { describe, expect, it } from 'vitest'
import { checkOptions, type ServerOptions } from './server-options.ts'

const matcher = {} as FaceMatcher
const tokens = [{ token: 'abc' }]

describe('checkOptions', () => {
  it('fills in the limits that are left out', () => {
    const limits = checkOptions({ matcher, tokens, limits: { concurrency: 5 } })
    expect(limits).toMatchObject({ concurrency: 5, waiting: 32, bodyBytes: 20_000_000 })
    expect(checkOptions({ matcher, tokens, limits: { waiting: 0 } }).waiting).toBe(0)
  })

  it.each<[string, Partial<ServerOptions>, string]>([
    ['no token', { tokens: [] }, 'insecureNoAuth'],
    ['tokens that nobody needs', { insecureNoAuth: true }, 'together with tokens'],
    ['a token that is none', { tokens: [{}] }, 'tokens[0] must have either'],
    ['a token twice', { tokens: [{ token: 'a', sha256: 'a'.repeat(64) }] }, 'tokens[0] must have either'],
    ['a token with a space', { tokens: [{ token: 'abc' }, { token: 'sesame open' }] }, 'tokens[1].token must be ASCII'],
    ['a short SHA-256', { tokens: [{ sha256: 'abc' }] }, '64 hexadecimal digits'],
    ['no scope', { tokens: [{ token: 'a', scopes: [] }] }, "'read', 'write' or both"],
    ['an unknown scope', { tokens: [{ token: 'a', scopes: ['admin' as never] }] }, "'read', 'write' or both"],
    ['a date that is none', { tokens: [{ token: 'a', expiresAt: new Date('soon') }] }, 'valid date'],
    ['a rate of nothing', { tokens: [{ token: 'a', requestsPerMinute: 0 }] }, 'positive number'],
    ['an unknown limit', { limits: { bodyMegabytes: 3 } as never }, 'no bodyMegabytes'],
    ['a limit that is none', { limits: { pixels: Number.NaN } }, 'limits.pixels'],
    ['every origin', { cors: { origins: ['*'] } }, 'must name origins'],
  ])('refuses %s', (_, options, message) => {
    expect(() => checkOptions({ matcher, tokens, ...options })).toThrow(message)
  })

  it('never shows a token', () => {
    expect(() => checkOptions({ matcher, tokens: [{ token: 'sesame open' }] })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('sesame') }),
    )
  })
})
