import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readAccessTokens } from './access-tokens.ts'

const folder = mkdtempSync(path.join(os.tmpdir(), 'visavis-tokens-'))
const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(text: string, mode = 0o600): string {
  const file = path.join(folder, `${Math.random()}.txt`)
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

const warnings: string[] = []
const from = (token?: string): Parameters<typeof readAccessTokens>[1] => ({
  env: token === undefined ? {} : { VISAVIS_TOKEN: token },
  warn: (text) => warnings.push(text),
})
const none = { token: [], insecureNoAuth: false }

describe('readAccessTokens', () => {
  it('takes options, a file, and where there is neither the environment', async () => {
    expect(
      await readAccessTokens(
        { ...none, token: ['one-0123456789abcdef', 'two-0123456789abcdef'] },
        from('three-0123456789abcdef'),
      ),
    ).toEqual([{ token: 'one-0123456789abcdef' }, { token: 'two-0123456789abcdef' }])
    expect(await readAccessTokens(none, from('three-0123456789abcdef'))).toEqual([{ token: 'three-0123456789abcdef' }])
    const tokenFile = write(
      `# who may\n\nplain-0123456789abcdef\r\nsha256:${digest} read the turnstile\n  other-0123456789abcdef  read,write\n`,
    )
    expect(await readAccessTokens({ ...none, token: ['one-0123456789abcdef'], tokenFile }, from())).toEqual([
      { token: 'one-0123456789abcdef' },
      { token: 'plain-0123456789abcdef' },
      { sha256: digest, scopes: ['read'], name: 'the turnstile' },
      { token: 'other-0123456789abcdef', scopes: ['read', 'write'] },
    ])
  })

  it('serves without a token only where that is asked for', async () => {
    await expect(readAccessTokens(none, from())).rejects.toThrow('No token was given')
    await expect(readAccessTokens(none, from(''))).rejects.toThrow('No token was given')
    expect(await readAccessTokens({ ...none, insecureNoAuth: true }, from('three-0123456789abcdef'))).toEqual([])
    await expect(
      readAccessTokens({ ...none, token: ['one-0123456789abcdef'], insecureNoAuth: true }, from()),
    ).rejects.toThrow('leave it out')
  })

  it.each([
    ['an empty file', '# nothing\n', 'There is no token in'],
    ['a short digest', 'sha256:abc\n', 'line 1 of'],
    ['an unknown scope', 'hush-hush-hush-hush admin\n', 'read, write or read,write'],
    ['a token that does not fit into a header', 'hüsh\n', 'ASCII'],
  ])('refuses %s without showing a token', async (_, text, message) => {
    const call = readAccessTokens({ ...none, tokenFile: write(text) }, from())
    await expect(call).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(message) })
    await expect(call).rejects.toMatchObject({ message: expect.not.stringMatching(/h[uü]sh/) })
  })

  it.skipIf(process.platform === 'win32')('warns of a file that everybody can read, and of no other', async () => {
    warnings.length = 0
    expect(await readAccessTokens({ ...none, tokenFile: write('token-0123456789abcdef') }, from())).toEqual([
      { token: 'token-0123456789abcdef' },
    ])
    expect(warnings).toEqual([])
    const tokenFile = write('token-0123456789abcdef', 0o644)
    expect(await readAccessTokens({ ...none, tokenFile }, from())).toEqual([{ token: 'token-0123456789abcdef' }])
    expect(warnings).toEqual([expect.stringContaining(`chmod 600 ${tokenFile}`)])
  })

  it('says where no file is', async () => {
    const tokenFile = path.join(folder, 'missing.txt')
    await expect(readAccessTokens({ ...none, tokenFile }, from())).rejects.toThrow('There is no file')
  })
})
