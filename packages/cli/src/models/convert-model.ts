import { readFile } from 'node:fs/promises'
import { convertPack, writeFiles, type NetworkDescription, type Precision } from '@visavis/models/convert'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { paint } from '../output.ts'
import { fileError } from '../picture-file.ts'
import { printable } from '../printable.ts'
import { withModelErrors } from './model-folder.ts'

export interface ConvertModelOptions {
  readonly manifest: string
  readonly to: string
  readonly weights: Precision
}

/** Converts a network into a folder that `--model` and `createRecognizer` take. */
export async function convertModel(
  file: string,
  { manifest, to, weights }: ConvertModelOptions,
  { output }: Context,
): Promise<void> {
  const bytes = await read(file)
  const description = parse(manifest, await read(manifest))
  const { pack, files, borrowedScale, deadChannels } = await withModelErrors(() =>
    convertPack(bytes, description, weights),
  )
  await writeFiles(to, files)
  if (borrowedScale) {
    output.note(
      'The manifest has no calibration, so scores are those of another network of the kind; check them on your own people before you rely on them.',
    )
  }
  const sizes = Object.fromEntries([...files].map(([name, { byteLength }]) => [name, byteLength]))
  output.answer(
    { id: pack.id, dimensions: pack.dimensions, folder: to, files: sizes, deadChannels, borrowedScale },
    () => [
      `${paint('green', 'Converted')} ${printable(file)}: ${printable(pack.id)}, ${pack.dimensions} values, in ${printable(to)}.`,
    ],
  )
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(file))
  } catch (error) {
    throw fileError(file, error)
  }
}

function parse(file: string, bytes: Uint8Array): NetworkDescription {
  try {
    const description: unknown = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof description === 'object' && description !== null) return description as NetworkDescription
  } catch {
    // Said below.
  }
  throw new CommandError('usage', `${file} is not a JSON object.`)
}
