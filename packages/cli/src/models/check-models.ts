import { stat } from 'node:fs/promises'
import path from 'node:path'
import { VisavisError } from '@visavis/core'
import { packs } from '@visavis/models'
import { checkFiles, readPack } from '@visavis/models/convert'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { paint } from '../output.ts'
import { printable } from '../printable.ts'
import { withModelErrors } from './model-folder.ts'

/** Checks the files of a folder that `models add` or `models convert` wrote. */
export async function checkModels(folder: string, { output }: Context): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory()) throw new CommandError('file_not_found', `There is no folder ${folder} with models in it.`)
  const converted = await stat(path.join(folder, 'pack.json')).catch(() => undefined)
  const known = converted === undefined ? Object.values(packs) : [await withModelErrors(() => readPack(folder))]
  const files = new Map<string, 'missing' | 'changed' | null>()
  for (const part of known.flatMap(({ networks }) => networks)) {
    const checked = await checkFiles(folder, { networks: [part] })
    // Of a network that was not added, all files are missing.
    if (converted === undefined && checked.every(({ problem }) => problem === 'missing')) continue
    for (const { file, problem } of checked) files.set(file, problem)
  }
  const there = [...files]
  const wrong = there.filter(([, problem]) => problem !== null)
  if (wrong.length > 0) {
    const list = wrong.map(([file, problem]) => `${file} is ${problem}`).join(', ')
    throw new VisavisError('model_corrupt', `Of the models in ${folder} ${list}; add or convert the model anew.`)
  }
  if (there.length === 0) throw new CommandError('file_not_found', `No files of a model are in ${folder}.`)
  output.answer({ folder, files: there.map(([file]) => file) }, () => [
    `${paint('green', 'Right')}: ${there.length} files in ${printable(folder)}.`,
  ])
}
