import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { AssetFile, ModelPack } from '../manifest.ts'
import { ConvertError } from './convert-error.ts'

/** A file as a manifest names it. */
export function describeFile(name: string, bytes: Uint8Array): AssetFile {
  return { name, bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Writes files into a folder that may be served meanwhile: each is there whole, or as it was. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of files) {
    const partial = path.join(folder, `${name}.${process.pid}.partial`)
    await writeFile(partial, bytes)
    await rename(partial, path.join(folder, name))
  }
}

/**
 * Whether the files of a pack's networks lie in a folder as its manifest promises.
 *
 * @returns for each file what is wrong with it; `null` where nothing is.
 */
export async function checkFiles(
  folder: string,
  { networks }: Pick<ModelPack, 'networks'>,
): Promise<{ file: string; problem: 'missing' | 'changed' | null }[]> {
  const files = networks.flatMap(({ network }) => [network.model, network.weights])
  return Promise.all(
    files.map(async ({ name, bytes, sha256 }) => {
      const found = await readFile(path.join(folder, name)).catch(() => null)
      const isRight = found !== null && found.byteLength === bytes && describeFile(name, found).sha256 === sha256
      return { file: name, problem: found === null ? 'missing' : isRight ? null : 'changed' }
    }),
  )
}

/** The manifest of a folder that `convertPack` wrote. @throws ConvertError `unavailable`, `corrupt` */
export async function readPack(folder: string): Promise<ModelPack> {
  const file = path.join(folder, 'pack.json')
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ConvertError(`There is no ${file}; convert a model into the folder first.`, {
      code: 'unavailable',
      cause,
    })
  })
  try {
    return JSON.parse(text) as ModelPack
  } catch (cause) {
    throw new ConvertError(`${file} is not JSON; convert the model anew.`, { code: 'corrupt', cause })
  }
}
