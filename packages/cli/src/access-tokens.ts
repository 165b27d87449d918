import { readFile, stat } from 'node:fs/promises'
import type { AccessToken, Scope } from '@visavis/server'
import { CommandError } from './command-error.ts'
import { fileError } from './picture-file.ts'

export interface TokenOptions {
  readonly token: readonly string[]
  readonly tokenFile?: string
  readonly insecureNoAuth: boolean
}

/** As the server has it. */
const leastToken = 16

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Called with a warning that is no reason to stop. */
  readonly warn: (text: string) => void
}

/** The tokens of the server; with neither option, the one of the environment variable VISAVIS_TOKEN. */
export async function readAccessTokens(
  { token: given, tokenFile, insecureNoAuth }: TokenOptions,
  { env: { VISAVIS_TOKEN: fromEnvironment = '' }, warn }: Surroundings,
): Promise<AccessToken[]> {
  const tokens: AccessToken[] = given.map((token) => ({ token: checkToken(token, '--token') }))
  if (tokenFile !== undefined) tokens.push(...(await readTokenFile(tokenFile, warn)))
  if (insecureNoAuth) {
    if (tokens.length === 0) return []
    throw new CommandError('usage', '--insecure-no-auth serves without tokens; leave it out, or the tokens.')
  }
  if (tokens.length === 0 && fromEnvironment !== '') {
    tokens.push({ token: checkToken(fromEnvironment, 'VISAVIS_TOKEN') })
  }
  if (tokens.length > 0) return tokens
  throw new CommandError(
    'usage',
    'No token was given, and whoever has one may use the server; set VISAVIS_TOKEN, --token-file or --token, or try it out on this machine alone with --insecure-no-auth.',
  )
}

/** One token a line: the token or `sha256:` and its SHA-256, then perhaps what it may do, then perhaps a name. */
async function readTokenFile(file: string, warn: Surroundings['warn']): Promise<AccessToken[]> {
  const text = await readPrivate(file, warn)
  const tokens: AccessToken[] = []
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const place = `line ${i + 1} of ${file}`
    const [secret = '', may, ...name] = line.trim().split(/\s+/)
    const [, digest] = /^sha256:([\da-f]{64})$/i.exec(secret) ?? []
    if (secret.startsWith('sha256:') && digest === undefined) {
      throw new CommandError('usage', `In ${place} 64 hexadecimal digits are expected after sha256:.`)
    }
    tokens.push({
      ...(digest === undefined ? { token: checkToken(secret, place) } : { sha256: digest }),
      ...(may === undefined ? {} : { scopes: readScopes(may, place) }),
      ...(name.length === 0 ? {} : { name: name.join(' ') }),
    })
  }
  if (tokens.length === 0) throw new CommandError('usage', `There is no token in ${file}; write one a line.`)
  return tokens
}

async function readPrivate(file: string, warn: Surroundings['warn']): Promise<string> {
  try {
    const { mode } = await stat(file)
    // Only a warning: secrets in containers are often readable by all, and a container has no other users.
    if (process.platform !== 'win32' && (mode & 0o007) !== 0) {
      warn(`Everybody on this machine can read ${file}; make it private: chmod 600 ${file}`)
    }
    return await readFile(file, 'utf8')
  } catch (error) {
    throw fileError(file, error)
  }
}

function readScopes(text: string, place: string): Scope[] {
  return text.split(',').map((scope) => {
    if (scope === 'read' || scope === 'write') return scope
    throw new CommandError('usage', `In ${place} read, write or read,write is expected after the token.`)
  })
}

/** The message never shows the token. */
function checkToken(token: string, place: string): string {
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new CommandError('usage', `The token of ${place} must be ASCII characters without spaces.`)
  }
  if (token.length >= leastToken) return token
  throw new CommandError(
    'usage',
    `The token of ${place} must have at least ${leastToken} characters, so that it cannot be guessed; make one with openssl rand -hex 32.`,
  )
}
