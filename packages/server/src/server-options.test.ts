import type { FaceMatcher } from '@visavis/core'
import { describe, expect, it } from 'vitest'
import { checkServerOptions, type ServerOptions } from './server-options.ts'

const matcher = {} as FaceMatcher
const tokens = [{ token: 'a-token-of-sixteen' }]

describe('checkServerOptions', () => {
  it('fills in the limits that are left out', () => {
    const limits = checkServerOptions({ matcher, tokens, limits: { concurrency: 5 } })
    expect(limits).toMatchObject({ concurrency: 5, waiting: 32, bodyBytes: 20_000_000 })
    expect(checkServerOptions({ matcher, tokens, limits: { waiting: 0 } }).waiting).toBe(0)
  })

  it.each<[string, Partial<ServerOptions>, string]>([
    ['no token', { tokens: [] }, 'insecureNoAuth'],
    ['tokens that nobody needs', { insecureNoAuth: true }, 'together with tokens'],
    ['a token that is none', { tokens: [{}] }, 'tokens[0] must have either'],
    [
      'a token twice',
      { tokens: [{ token: 'a-token-of-sixteen', sha256: 'a'.repeat(64) }] },
      'tokens[0] must have either',
    ],
    ['a short token', { tokens: [{ token: 'x' }] }, 'at least 16 characters'],
    ['a token that is a number', { tokens: [{ token: 7 as never }] }, 'tokens[0].token must be ASCII'],
    ['tokens that are no list', { tokens: 'a-token-of-sixteen' as never }, 'tokens must be a list'],
    ['an unknown option', { allowImagesFrom: ['x'] } as never, 'allowImagesFrom is not known'],
    [
      'an unknown option of a token',
      { tokens: [{ token: 'a-token-of-sixteen', expires: 1 } as never] },
      'did you mean tokens[0].expiresAt?',
    ],
    ['a host that is none', { allowedImageHosts: [{ host: 7 as never }] }, 'allowedImageHosts[0].host must be'],
    ['a log that is none', { log: 'x' as never }, 'log must be a function'],
    [
      'a token with a space',
      { tokens: [{ token: 'a-token-of-sixteen' }, { token: 'sesame open' }] },
      'tokens[1].token must be ASCII',
    ],
    ['a short SHA-256', { tokens: [{ sha256: 'abc' }] }, '64 hexadecimal digits'],
    ['no scope', { tokens: [{ token: 'a-token-of-sixteen', scopes: [] }] }, "'read', 'write' or both"],
    [
      'an unknown scope',
      { tokens: [{ token: 'a-token-of-sixteen', scopes: ['admin' as never] }] },
      "'read', 'write' or both",
    ],
    ['a date that is none', { tokens: [{ token: 'a-token-of-sixteen', expiresAt: new Date('soon') }] }, 'valid date'],
    [
      'a rate of nothing',
      { tokens: [{ token: 'a-token-of-sixteen', requestsPerMinute: 0 }] },
      'requestsPerMinute must be a number',
    ],
    ['an unknown limit', { limits: { bodyMegabytes: 3 } as never }, 'limits.bodyMegabytes is not known'],
    ['a limit that is none', { limits: { pixels: Number.NaN } }, 'limits.pixels'],
    ['every origin', { cors: { origins: ['*'] } }, 'must name origins'],
  ])('refuses %s', (_, options, message) => {
    expect(() => checkServerOptions({ matcher, tokens, ...options })).toThrow(message)
  })

  it('never shows a token', () => {
    expect(() => checkServerOptions({ matcher, tokens: [{ token: 'sesame open' }] })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('sesame') }),
    )
  })
})
