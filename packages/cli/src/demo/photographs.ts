import { readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandError } from '../command-error.ts'
import { readPicture } from '../picture-file.ts'

export interface Photograph {
  /** From 1. */
  readonly number: number
  readonly file: string
  readonly bytes: Uint8Array
}

const packageName = '@vladmandic/face-api'

/**
 * The photographs of a folder in the order of their names or, left out, the six group photographs in the npm package
 * that the face network's weights come from.
 *
 * @throws CommandError `photographs_missing`
 */
export async function readPhotographs(folder: string | undefined): Promise<Photograph[]> {
  const found = folder === undefined ? await samples() : await listPhotographs(folder, /\.(jpe?g|png|webp)$/i)
  if (found.length === 0) {
    throw new CommandError('photographs_missing', `${folder ?? 'The package'} holds no JPEG, PNG or WebP files.`)
  }
  const photographs: Photograph[] = []
  for (const [i, file] of found.entries()) photographs.push({ number: i + 1, file, bytes: await readPicture(file) })
  return photographs
}

async function samples(): Promise<string[]> {
  const packageFolder = findPackage()
  if (packageFolder === null) {
    throw new CommandError(
      'photographs_missing',
      `The demo's photographs lie in the npm package ${packageName}, which is not installed: run the demo in a clone of ` +
        `visavis (npm run demo), or install the package in this folder (npm install ${packageName}), or name a folder ` +
        'of group photographs with --photos.',
    )
  }
  return listPhotographs(path.join(packageFolder, 'demo'), /^sample\d+\.jpg$/)
}

/** As this command sees it, a development dependency of its own, or as the folder does that it is called in. */
function findPackage(): string | null {
  const places = [
    () => fileURLToPath(import.meta.resolve('@vladmandic/face-api/package.json')),
    () => createRequire(path.join(process.cwd(), 'package.json')).resolve('@vladmandic/face-api/package.json'),
  ]
  for (const find of places) {
    try {
      return path.dirname(find())
    } catch {
      // Not there; the next place.
    }
  }
  return null
}

async function listPhotographs(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new CommandError('photographs_missing', `There is no folder ${folder} with photographs.`, { cause })
  })
  return names
    .filter((name) => pattern.test(name))
    .sort(new Intl.Collator('en', { numeric: true }).compare)
    .map((name) => path.join(folder, name))
}
