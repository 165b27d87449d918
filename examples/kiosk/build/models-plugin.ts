import { assetUrls, packs, type AssetFile, type ModelPack, type PackName } from '@visavis/models'
import { checkFiles } from '@visavis/models/convert'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Plugin } from 'vite'
import type { OfferedModel } from './offered-model.ts'

const dlib: OfferedModel = { name: 'dlib', card: packs.dlib.card, files: {} }

/**
 * Puts the models of a folder among the built files, so that the offline copy has them, too, and tells the page their
 * names. The development server offers dlib alone.
 *
 * @param folder What `visavis models add` has written; `undefined` where only dlib is offered.
 */
export function modelsPlugin(folder: string | undefined): Plugin {
  const files = new Map<string, AssetFile>()
  return {
    name: 'kiosk-models',
    async config(_config, { command }) {
      const offered: OfferedModel[] = [dlib]
      if (folder !== undefined && command === 'build') {
        for (const name of await wholeModels(folder)) {
          const own = ownFiles(packs[name]).map((file) => [file.name, hashedPath(file), file] as const)
          for (const [, to, file] of own) files.set(to, file)
          offered.push({
            name,
            card: packs[name].card,
            files: Object.fromEntries(own.map(([file, to]) => [file, to])),
          })
        }
      }
      return { define: { offeredModels: JSON.stringify(offered) } }
    },
    async generateBundle() {
      for (const [fileName, { name }] of files) {
        this.emitFile({ type: 'asset', fileName, source: await readFile(path.join(folder as string, name)) })
      }
    },
  }
}

/** @throws Error where a file is another than its manifest promises, or no model is whole: the kiosk would lack it. */
async function wholeModels(folder: string): Promise<PackName[]> {
  const whole: PackName[] = []
  for (const name of Object.keys(packs) as PackName[]) {
    if (name === 'dlib') continue
    const networks = packs[name].networks.filter(({ network }) => !isShipped(network.model))
    const found = await checkFiles(folder, { networks })
    const changed = found.find(({ problem }) => problem === 'changed')
    if (changed !== undefined) {
      throw new Error(
        `KIOSK_MODELS: ${changed.file} in ${folder} is not the file of the model ${name}; make it anew with npx visavis models add.`,
      )
    }
    if (found.every(({ problem }) => problem === null)) whole.push(name)
  }
  if (whole.length > 0) return whole
  throw new Error(
    `KIOSK_MODELS: ${folder} has all files of no model; make them with npx visavis models add NAME --to ${folder}.`,
  )
}

function ownFiles({ networks }: ModelPack): AssetFile[] {
  return networks.flatMap(({ network }) => [network.model, network.weights]).filter((file) => !isShipped(file))
}

/** Whether a file comes with the worker. */
function isShipped({ name }: AssetFile): boolean {
  return Object.hasOwn(assetUrls, name)
}

/** Beside all that has a hash in its name, and so never changes. */
function hashedPath({ name, sha256 }: AssetFile): string {
  const { name: stem, ext } = path.parse(name)
  return `assets/${stem}-${sha256.slice(0, 8)}${ext}`
}
