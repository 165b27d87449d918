import { existsSync } from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { assetUrls, packs, type ModelPack } from '@visavis/models'
import { checkFiles } from '@visavis/models/convert'
import type { Context } from '../context.ts'
import { formatTable } from '../table.ts'

/** Prints every model that is known by name, and whether it can be used here. */
export async function listModels(addedFolder: string, { output }: Context): Promise<void> {
  const models = await Promise.all(
    Object.entries(packs).map(async ([name, pack]) => ({
      name,
      id: pack.id,
      dimensions: pack.dimensions,
      bytes: pack.networks.reduce((sum, { network }) => sum + network.model.bytes + network.weights.bytes, 0),
      licences: pack.networks.map(({ network }) => network.licence),
      origins: pack.networks.map(({ network }) => network.origin),
      card: pack.card,
      here: await isHere(pack, path.resolve(addedFolder)),
      obtain: obtainCommand(name, pack),
    })),
  )
  output.answer({ models }, () => [
    ...formatTable(
      [
        { title: 'Model' },
        { title: 'Values', align: 'right' },
        { title: 'MB', align: 'right' },
        { title: 'Licence' },
        { title: 'Here' },
      ],
      models.map(({ name, dimensions, bytes, licences, here, obtain }) => [
        name,
        String(dimensions),
        (bytes / 1e6).toFixed(1),
        licences.join(' + '),
        here ? 'yes' : `no: ${obtain}`,
      ]),
    ),
    '',
    ...models.map(({ name, card }) => `${name}: ${card}`),
  ])
}

async function isHere({ networks }: ModelPack, added: string): Promise<boolean> {
  for (const { network } of networks) {
    const folders = [shippedFolder(network.model.name), added]
    if (network.obtain !== undefined && 'package' in network.obtain) folders.push(packageAssets(network.obtain.package))
    const found = await Promise.all(
      folders.map(async (folder) => {
        const files = folder === undefined ? [] : await checkFiles(folder, { networks: [{ network, weight: 1 }] })
        return files.length > 0 && files.every(({ problem }) => problem === null)
      }),
    )
    if (!found.includes(true)) return false
  }
  return true
}

function shippedFolder(file: string): string | undefined {
  const url = assetUrls[file]
  return url === undefined ? undefined : path.dirname(fileURLToPath(url))
}

function packageAssets(name: string): string | undefined {
  // Where the recognizer looks for it.
  for (const from of [import.meta.resolve('@visavis/core/tfjs'), path.resolve('package.json')]) {
    for (const place of createRequire(from).resolve.paths(name) ?? []) {
      const folder = path.join(place, name, 'assets')
      if (existsSync(folder)) return folder
    }
  }
  return undefined
}

function obtainCommand(name: string, { networks }: ModelPack): string | null {
  const obtained = networks.flatMap(({ network }) => (network.obtain === undefined ? [] : [network.obtain]))
  const [first] = obtained
  if (first === undefined) return null
  return 'package' in first ? `npm install ${first.package}` : `visavis models add ${name}`
}
