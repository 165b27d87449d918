import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { CommandError, type ErrorDescription } from './command-error.ts'
import { fileError } from './picture-file.ts'

/** A folder with the pictures of one person. */
export interface PersonFolder {
  readonly folder: string
  /** The folder's name with spaces for underscores. */
  readonly name: string
  /** Paths, in the order in which they are tried: `2.jpg` before `10.jpg`. */
  readonly pictures: readonly string[]
}

/** A file that cannot be used, and why. */
export interface RefusedFile extends ErrorDescription {
  readonly file: string
}

export interface PersonFolders {
  readonly people: readonly PersonFolder[]
  /** Files that lie where no pictures are looked for. */
  readonly misplaced: readonly RefusedFile[]
}

const collator = new Intl.Collator('en', { numeric: true })

/**
 * The people of `<folder>/<person>/<picture>`. Hidden files, whose names begin with a dot, are skipped; every other
 * file is taken for a picture, so that one that cannot be used is reported.
 *
 * @throws CommandError `file_not_found`, `usage` where the folder holds no folders.
 */
export async function listPersonFolders(folder: string): Promise<PersonFolders> {
  const { folders, files } = await list(folder)
  if (folders.length === 0) {
    throw new CommandError(
      'usage',
      `${folder} holds no folders; make one for each person, named after them, with one to three pictures in it.`,
    )
  }
  const people: PersonFolder[] = []
  const misplaced = files.map((file) => misplacedFile(file, "lies beside the people's folders; move it into one."))
  for (const person of folders) {
    const { folders: nested, files: pictures } = await list(person)
    people.push({ folder: person, name: personName(path.basename(person)), pictures })
    misplaced.push(...nested.map((file) => misplacedFile(file, "is a folder in a person's folder, not looked into.")))
  }
  return { people, misplaced }
}

/** `Ana_Díaz` is Ana Díaz, however the file system composes her accent. */
function personName(folderName: string): string {
  return folderName
    .normalize('NFC')
    .replaceAll(/[\s_]+/g, ' ')
    .trim()
}

async function list(folder: string): Promise<{ folders: string[]; files: string[] }> {
  const folders: string[] = []
  const files: string[] = []
  try {
    const names = await readdir(folder)
    for (const name of names.filter((one) => !one.startsWith('.')).sort(collator.compare)) {
      const file = path.join(folder, name)
      // Follows links; a broken one counts as a file, which then cannot be read.
      const isFolder = (await stat(file).catch(() => undefined))?.isDirectory() ?? false
      ;(isFolder ? folders : files).push(file)
    }
  } catch (error) {
    throw notListed(folder, error)
  }
  return { folders, files }
}

function notListed(folder: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return new CommandError('file_not_found', `There is no folder ${folder}; check the path.`)
  if (code === 'ENOTDIR')
    return new CommandError('usage', `${folder} is a file; give the folder that holds the people's folders.`)
  return fileError(folder, error)
}

function misplacedFile(file: string, what: string): RefusedFile {
  return { file, code: 'misplaced', message: `${path.basename(file)} ${what}`, reasons: [] }
}
