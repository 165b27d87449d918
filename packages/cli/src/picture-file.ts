import { readFile, stat } from 'node:fs/promises'
import { CommandError } from './command-error.ts'

/** More is no photograph of what the library takes, and would only fill the memory. */
const mostBytes = 100_000_000

/**
 * The bytes of a picture file; whether they are a picture is for the library to say.
 *
 * @throws CommandError `file_not_found`, `file_unreadable`
 */
export async function readPicture(file: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file)
    if (size > mostBytes) {
      throw new CommandError('file_unreadable', `${file} has more than ${mostBytes / 1e6} MB; scale the picture down.`)
    }
    return await readFile(file)
  } catch (error) {
    throw fileError(file, error)
  }
}

/** As {@link readPicture}, one after the other. */
export async function readPictures(files: readonly string[]): Promise<Uint8Array[]> {
  const pictures: Uint8Array[] = []
  for (const file of files) pictures.push(await readPicture(file))
  return pictures
}

/** The error of a file operation in words. */
export function fileError(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CommandError || !('code' in error)) return error
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new CommandError('file_not_found', `There is no file ${file}; check the path.`, { cause: error })
    case 'EISDIR':
      return new CommandError('file_unreadable', `${file} is a folder where a file was expected.`, { cause: error })
    default:
      return new CommandError('file_unreadable', `${file} could not be read: ${error.message}`, { cause: error })
  }
}
