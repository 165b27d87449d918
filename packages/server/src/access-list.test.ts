import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AccessList, type Grant } from './access-list.ts'

const sha256OfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

describe('AccessList', () => {
  it('knows each token, and the SHA-256 of a token, with its name and scopes', async () => {
    const list = new AccessList([
      { token: 'first-token', name: 'office' },
      { sha256: sha256OfAbc.toUpperCase(), scopes: ['read'] },
    ])
    expect(await list.identify('Bearer first-token')).toMatchObject({
      name: 'office',
      scopes: new Set(['read', 'write']),
    })
    expect(await list.identify('Bearer abc')).toMatchObject({ name: 'token 2', scopes: new Set(['read']) })
  })

  it('gives the same grant each time, by which a caller is recognized', async () => {
    const list = new AccessList([{ token: 'abc' }])
    expect(await list.identify('Bearer abc')).toBe(await list.identify('JWT abc'))
  })

  it('tells a missing token from an unknown and an expired one', async () => {
    const list = new AccessList([
      { token: 'old', expiresAt: new Date(Date.now() - 1) },
      { token: 'new', expiresAt: new Date(Date.now() + 1e6) },
    ])
    for (const header of [null, '', 'Bearer', 'Bearer ', 'Basic new', 'Bearer a b', 'new', 'Bearer\u{a0}new']) {
      expect(await list.identify(header)).toBe('missing')
    }
    expect(await list.identify('Bearer ne')).toBe('unknown')
    expect(await list.identify('Bearer new2')).toBe('unknown')
    expect(await list.identify('Bearer old')).toBe('expired')
    expect(((await list.identify('bearer  new')) as Grant).name).toBe('token 2')
  })

  it('lets nothing but the token itself in', async () => {
    const list = new AccessList([{ token: 'the-only-token' }])
    const visible = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) })
    await fc.assert(
      fc.asyncProperty(visible, async (token) => {
        const found = await list.identify(`Bearer ${token}`)
        expect(typeof found === 'object').toBe(token === 'the-only-token')
      }),
    )
  })

  it('keeps no token where it could be read', async () => {
    const list = new AccessList([{ token: 'hush-hush' }])
    const grant = await list.identify('Bearer hush-hush')
    const { inspect } = await import('node:util')
    expect(inspect([list, grant], { depth: 9, showHidden: true }) + JSON.stringify([list, grant])).not.toContain('hush')
  })
})
