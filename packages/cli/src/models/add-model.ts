import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { assetUrls, packs, type ModelPack, type PackName } from '@visavis/models'
import { addPack, writeFiles } from '@visavis/models/convert'
import { CommandError } from '../command-error.ts'
import type { Context } from '../context.ts'
import { paint } from '../output.ts'
import { printable } from '../printable.ts'
import { packNamed, withModelErrors } from './model-folder.ts'

export interface AddModelOptions {
  readonly to: string
  readonly acceptLicence: boolean
}

/** Makes a model's files and writes them, with those that every model needs, after what is known of it was accepted. */
export async function addModel(name: string, { to, acceptLicence }: AddModelOptions, context: Context): Promise<void> {
  const { output, signal } = context
  const pack = packs[packNamed(name)]
  for (const line of provenance(name, pack)) output.note(line)
  if (mustBeAccepted(pack) && !acceptLicence) await accept(name, signal)
  const made = await withModelErrors(() => addPack(name as PackName, { from: process.cwd(), fetch: true, signal }))
  const files = new Map([...(await shippedFiles(pack)), ...made])
  await writeFiles(to, files)
  const names = [...files.keys()].sort()
  output.answer({ model: name, id: pack.id, folder: to, files: names }, () => [
    `${paint('green', 'Added')} ${name}: ${names.length} files in ${printable(to)}.`,
  ])
}

function provenance(name: string, { card, networks }: ModelPack): string[] {
  return [
    `${name}`,
    ...networks.map(({ network }) => `  ${network.id}: ${network.origin}; licence: ${network.licence}`),
    `  ${card}`,
  ]
}

/** Whether part of it is in no package of visavis. */
function mustBeAccepted({ networks }: ModelPack): boolean {
  return networks.some(({ network }) => network.obtain !== undefined && 'add' in network.obtain)
}

async function accept(name: string, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandError('usage', `Read what is known of ${name} above, and accept it with --accept-licence.`)
  }
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await prompt.question('Do you accept this, and have the right to use it? [y/N] ', { signal })
    if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('usage', `${name} was not added.`)
  } finally {
    prompt.close()
  }
}

/** What comes with the models package: of the pack itself, and what finds faces and computes. */
async function shippedFiles({ networks }: ModelPack): Promise<Map<string, Uint8Array>> {
  const own = new Set(networks.flatMap(({ network }) => [network.model.name, network.weights.name]))
  const others = new Set(
    Object.values(packs).flatMap((pack) =>
      pack.networks.flatMap(({ network }) => [network.model.name, network.weights.name]),
    ),
  )
  const names = Object.keys(assetUrls).filter((name) => own.has(name) || !others.has(name))
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, new Uint8Array(await readFile(assetUrls[name] as URL))] as const),
    ),
  )
}
