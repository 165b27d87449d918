import { readFile } from 'node:fs/promises'
import { CommandError } from './command-error.ts'

/**
 * The first line of a file: not an argument, since other users of the machine see those.
 *
 * @throws CommandError `file_not_found`, `usage`
 */
export async function readPassphrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CommandError('file_not_found', `The passphrase file ${file} cannot be read; check the path.`, { cause })
  })
  const [line = ''] = text.split(/\r?\n/, 1)
  if (line === '') throw new CommandError('usage', `The first line of ${file} is empty; write the passphrase there.`)
  return line
}
