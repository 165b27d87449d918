import { readFile } from 'node:fs/promises'
import type { VerifikClient } from '@visavis/remote'
import { CommandError } from './command-error.ts'
import { fileError } from './picture-file.ts'

export interface RemoteOptions {
  readonly token?: string
  /** A file whose first line is the token; it is read again when the service does not accept the token any more. */
  readonly tokenFile?: string
  readonly insecure: boolean
}

/** The environment variable of a client's token, and the option that the error names where there is none. */
interface TokenNames {
  readonly variable: string
  readonly option: string
}

/**
 * A client of the service at an address, with the token that was given, or else that of the environment.
 *
 * @throws CommandError `usage`, `file_not_found`, `file_unreadable`; VisavisError `invalid_option`
 */
export async function openClient(
  baseUrl: string,
  { token: given, tokenFile, insecure }: RemoteOptions,
  { variable, option }: TokenNames = { variable: 'VISAVIS_TOKEN', option: '--token' },
): Promise<VerifikClient> {
  if (given !== undefined && tokenFile !== undefined) {
    throw new CommandError('usage', '--token and --token-file do not go together; leave one of them out.')
  }
  const token = given ?? process.env[variable] ?? ''
  if (tokenFile !== undefined) await readToken(tokenFile)
  else if (token === '') {
    throw new CommandError('usage', `The service wants a token; set ${variable}, or give ${option}.`)
  }
  const { createVerifikClient } = await import('@visavis/remote')
  return createVerifikClient({
    baseUrl,
    token: tokenFile === undefined ? token : () => readToken(tokenFile),
    insecure,
    server: isVerifik(baseUrl) ? 'verifik' : 'visavis',
  })
}

async function readToken(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError(file, error)
  })
  const [token = ''] = text.trim().split(/\s+/)
  if (token === '') throw new CommandError('usage', `There is no token in ${file}; write it on the first line.`)
  return token
}

/** Every other service is taken for a visavis serve, which supports more. */
function isVerifik(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /(^|\.)verifik\.co$/.test(new URL(baseUrl).hostname)
}
